import { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP, LookupFunction } from 'node:net';

import { Injectable } from '@nestjs/common';
import { buildConnector, Client, Dispatcher } from 'undici';

import { mayConnect } from './address-check';
import { EgressFailed, EgressRefused } from './egress.errors';
import { EgressAllowList } from './egress-allow-list';
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
}

export interface EgressAnswer {
  readonly status: number;
  /** Names in lower case; a header that came several times is joined with commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_MAX_BYTES = 1024 * 1024;

/**
 * The one way out: every request that leaves the product, to a webhook, a model, a metrics page, passes here.
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
    const timeoutMs = request.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const deadline = AbortSignal.timeout(timeoutMs);
    const addresses = await this.allowedAddresses(target, deadline);
    const exchange = new Exchange(target, addresses, timeoutMs, request.maxBytes ?? DEFAULT_MAX_BYTES);
    try {
      return await exchange.run({ path: target.path, method, headers, body: request.body, signal: deadline });
    } catch (error) {
      if (error instanceof EgressFailed) throw error;
      const reason = deadline.aborted ? `did not answer within ${timeoutMs} ms` : describe(error);
      throw new EgressFailed(`${nameOf(target)} ${reason}`, exchange.connected, error);
    } finally {
      await exchange.end();
    }
  }

  /** Tests answer for the name server here. */
  protected resolve(host: string): Promise<LookupAddress[]> {
    return lookup(host, { all: true });
  }

  private async allowedAddresses(target: EgressTarget, deadline: AbortSignal): Promise<LookupAddress[]> {
    const rule = await this.allowList.find(target.scheme, target.host, target.port);
    if (rule === null) {
      throw new EgressRefused(
        `${nameOf(target)} is not on the egress allow-list; an administrator can add exactly this scheme, host and port`,
      );
    }
    const addresses = target.isLiteral
      ? [{ address: target.host, family: isIP(target.host) }]
      : await this.resolveInTime(target, deadline);
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

  private async resolveInTime(target: EgressTarget, deadline: AbortSignal): Promise<LookupAddress[]> {
    let addresses: LookupAddress[];
    try {
      // A look-up cannot be cancelled; past the deadline its answer is dropped.
      addresses = await Promise.race([this.resolve(target.host), rejectOn(deadline)]);
    } catch (error) {
      throw new EgressFailed(`the name ${target.host} could not be resolved`, false, error);
    }
    if (addresses.length === 0) throw new EgressFailed(`the name ${target.host} has no address`, false);
    return addresses;
  }
}

/**
 * One request on a connection of its own. Nothing is pooled: a kept connection would outlive the rule and the address check that
 * it was opened under, and what leaves here is webhooks and model calls, not hot loops.
 */
class Exchange {
  /** From here on bytes of the request may have left. */
  connected = false;
  private readonly client: Client;

  constructor(
    private readonly target: EgressTarget,
    addresses: LookupAddress[],
    timeoutMs: number,
    private readonly maxBytes: number,
  ) {
    const connect = buildConnector({
      lookup: pinned(addresses),
      // Every address was checked, so trying them in turn is safe, and saves hosts whose IPv6 leads nowhere.
      autoSelectFamily: true,
      // Said here, because NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment would otherwise switch it off.
      rejectUnauthorized: true,
      allowH2: false,
      maxCachedSessions: 0,
      // Past the deadline nobody waits for a connect that hangs; without this its socket would, for minutes.
      timeout: timeoutMs,
    });
    const authority = isIP(target.host) === 6 ? `[${target.host}]` : target.host;
    this.client = new Client(`${target.scheme}://${authority}:${target.port}`, {
      connect: (options, callback) =>
        connect(options, (...outcome) => {
          this.connected = outcome[0] === null;
          callback(...outcome);
        }),
      // The one deadline of the caller rules.
      headersTimeout: 0,
      bodyTimeout: 0,
      pipelining: 0,
    });
  }

  async run(options: Dispatcher.RequestOptions): Promise<EgressAnswer> {
    const answer = await this.client.request(options);
    const headers = joinHeaders(answer.headers);
    // A body that we did not ask to be compressed is a way around the cap.
    const encoding = headers['content-encoding']?.toLowerCase() ?? 'identity';
    if (encoding !== 'identity') throw this.failure('answered with a body in an encoding not asked for');
    return { status: answer.statusCode, headers, body: await this.readBody(answer.body) };
  }

  /** Cuts the connection; the rest of an answer that grew too large or too slow is nobody's. */
  async end(): Promise<void> {
    await this.client.destroy();
  }

  private async readBody(body: AsyncIterable<Buffer>): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > this.maxBytes) throw this.failure(`answered with more than ${this.maxBytes} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, bytes);
  }

  private failure(reason: string): EgressFailed {
    return new EgressFailed(`${nameOf(this.target)} ${reason}`, true);
  }
}

/** Answers the connect's own look-up with what was checked, so that no second answer of the name server can slip in. */
function pinned(addresses: LookupAddress[]): LookupFunction {
  return (_host, options, callback) => {
    if (options.all === true) callback(null, addresses);
    else callback(null, addresses[0].address, addresses[0].family);
  };
}

function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => reject(signal.reason as Error);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}

/** `fromEntries` makes a header called __proto__ an ordinary property. */
function joinHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

/** Without the path: webhook paths often are the secret. */
function nameOf(target: EgressTarget): string {
  const host = isIP(target.host) === 6 ? `[${target.host}]` : target.host;
  return `${target.scheme}://${host}:${target.port}`;
}

/** The error's code only; its text can quote what was sent or received. */
function describe(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return `could not be reached or broke off${typeof code === 'string' ? ` (${code})` : ''}`;
}
