import { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { setTimeout } from 'node:timers/promises';

import { Injectable } from '@nestjs/common';

import { mayConnect } from './address-check';
import { EgressFailed, EgressRefused } from './egress.errors';
import { EgressAllowList } from './egress-allow-list';
import { connectorTo, EgressAnswer, EgressTls, Exchange, handshake, nameOf } from './egress-exchange';
import { checkHeaders, checkMethod } from './egress-request';
import { EgressTarget, parseEgressUrl } from './egress-url';

export interface EgressRequest {
  readonly url: string;
  /** GET where absent. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** For everything together: looking up the name, connecting, the whole answer. */
  readonly timeoutMs?: number;
  /** The most that an answer's body may have. */
  readonly maxBytes?: number;
  /** Ends the exchange before its time. */
  readonly signal?: AbortSignal;
  /** For https: whom to trust, and what to show. */
  readonly tls?: EgressTls;
}

const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * The one way out: every request that leaves the product, to a webhook, a model, a metrics page, passes here. Mails alone do not: they go to
 * the server that the operator configured, and no caller says where that is.
 * Nothing is allowed but what the list names; every address that the name resolves to is checked, and the connection goes to a checked
 * address and no other, so a name that changes its answer between check and connect gains nothing. Redirects are answers, not orders.
 */
@Injectable()
export class EgressClient {
  constructor(private readonly allowList: EgressAllowList) {}

  /**
   * Sends one request and returns whatever the target answers, also a 3xx or 5xx.
   * Throws InvalidEgressUrl, InvalidEgressRequest, EgressRefused (nothing was sent) and EgressFailed.
   */
  async fetch(request: EgressRequest): Promise<EgressAnswer> {
    const target = parseEgressUrl(request.url);
    const method = checkMethod(request.method ?? 'GET');
    const headers = checkHeaders(request.headers ?? {});
    const limits = limitsOf(request);
    const addresses = await this.allowedAddresses(target, limits.signal);
    const exchange = new Exchange(target, addresses, limits.timeoutMs, request.tls, request.maxBytes);
    try {
      const { signal } = limits;
      // Where it is called off by now, undici would still connect. What fell due while this process was paused fires first.
      await setTimeout(0);
      signal.throwIfAborted();
      return await exchange.run({ path: target.path, method, headers, body: request.body, signal });
    } catch (error) {
      if (error instanceof EgressFailed) throw error;
      throw new EgressFailed(`${nameOf(target)} ${limits.reasonOf(error)}`, exchange.connected, error);
    } finally {
      await exchange.end();
    }
  }

  /**
   * Connects as a request would, TLS included, and hangs up without a byte of HTTP: shows that a target can be reached without
   * asking anything of it.
   * Throws InvalidEgressUrl, EgressRefused and EgressFailed.
   */
  async reach(request: Pick<EgressRequest, 'url' | 'timeoutMs' | 'signal' | 'tls'>): Promise<void> {
    const target = parseEgressUrl(request.url);
    const limits = limitsOf(request);
    const addresses = await this.allowedAddresses(target, limits.signal);
    const connect = connectorTo(addresses, limits.timeoutMs, request.tls);
    try {
      await Promise.race([handshake(connect, target), rejectOn(limits.signal)]);
    } catch (error) {
      throw new EgressFailed(`${nameOf(target)} ${limits.reasonOf(error)}`, false, error);
    }
  }

  /** Tests answer for the name server here. */
  protected resolve(host: string): Promise<LookupAddress[]> {
    return lookup(host, { all: true });
  }

  private async allowedAddresses(target: EgressTarget, signal: AbortSignal): Promise<LookupAddress[]> {
    const rule = await this.allowList.find(target.scheme, target.host, target.port);
    if (rule === null) {
      throw new EgressRefused(
        `${nameOf(target)} is not on the egress allow-list; an administrator can add exactly this scheme, host and port`,
      );
    }
    const addresses = target.isLiteral
      ? [{ address: target.host, family: isIP(target.host) }]
      : await this.resolveInTime(target, signal);
    // One bad address refuses all: a name that mixes public and inner addresses is how rebinding looks.
    const refused = addresses.find(({ address }) => !mayConnect(address, rule.allowPrivate));
    if (refused !== undefined) {
      throw new EgressRefused(
        `${nameOf(target)} leads to an address that is not allowed; private and loopback addresses need a rule with allowPrivate, ` +
          'link-local, metadata and reserved ones are never allowed',
      );
    }
    return addresses;
  }

  private async resolveInTime(target: EgressTarget, signal: AbortSignal): Promise<LookupAddress[]> {
    let addresses: LookupAddress[];
    try {
      // A look-up cannot be cancelled; past the deadline its answer is dropped.
      addresses = await Promise.race([this.resolve(target.host), rejectOn(signal)]);
    } catch (error) {
      throw new EgressFailed(`the name ${target.host} could not be resolved`, false, error);
    }
    if (addresses.length === 0) throw new EgressFailed(`the name ${target.host} has no address`, false);
    return addresses;
  }
}

interface Limits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Why it ended without an answer. */
  reasonOf(error: unknown): string;
}

function limitsOf(request: Pick<EgressRequest, 'timeoutMs' | 'signal'>): Limits {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, signal: ended } = request;
  const deadline = AbortSignal.timeout(timeoutMs);
  return {
    timeoutMs,
    signal: ended === undefined ? deadline : AbortSignal.any([deadline, ended]),
    reasonOf: (error) => {
      if (deadline.aborted) return `did not answer within ${timeoutMs} ms`;
      return ended?.aborted === true ? 'was not waited for any longer' : describe(error);
    },
  };
}

function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => reject(signal.reason as Error);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}

/** The error's code only; its text can quote what was sent or received. */
function describe(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return `could not be reached or broke off${typeof code === 'string' ? ` (${code})` : ''}`;
}
