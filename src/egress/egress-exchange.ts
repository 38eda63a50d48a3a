import { LookupAddress } from 'node:dns';
import { isIP, LookupFunction } from 'node:net';

import { buildConnector, Client, Dispatcher } from 'undici';

import { EgressFailed } from './egress.errors';
import { EgressTarget } from './egress-url';

/** All in PEM. */
export interface EgressTls {
  /** The only authorities whose certificates are believed; where absent, those of the system. */
  readonly ca?: string;
  /** What proves to the target who calls: a certificate and its private key. */
  readonly cert?: string;
  readonly key?: string;
}

export interface EgressAnswer {
  readonly status: number;
  /** Names in lower case; a header that came several times is joined with commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const DEFAULT_MAX_BYTES = 1024 * 1024;

/**
 * One request on a connection of its own. Nothing is pooled: a kept connection would outlive the rule and the address check that
 * it was opened under, and what leaves here is webhooks and model calls, not hot loops.
 */
export class Exchange {
  /** From here on bytes of the request may have left. */
  connected = false;
  private readonly client: Client;

  constructor(
    private readonly target: EgressTarget,
    addresses: LookupAddress[],
    timeoutMs: number,
    tls?: EgressTls,
    private readonly maxBytes = DEFAULT_MAX_BYTES,
  ) {
    const connect = connectorTo(addresses, timeoutMs, tls);
    this.client = new Client(nameOf(target), {
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

/** A way to connect to the checked addresses only. */
export function connectorTo(addresses: LookupAddress[], timeoutMs: number, tls: EgressTls = {}) {
  return buildConnector({
    ...tls,
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
}

/** Connects, and hangs up as soon as the connection stands. */
export function handshake(
  connect: buildConnector.connector,
  { scheme, host, port }: EgressTarget,
): Promise<void> {
  const options = { hostname: host, host, protocol: `${scheme}:`, port: String(port) };
  return new Promise((resolve, reject) =>
    connect(options, (error, socket) => {
      socket?.destroy();
      if (error === null) resolve();
      else reject(error);
    }),
  );
}

/** Answers the connect's own look-up with what was checked, so that no second answer of the name server can slip in. */
function pinned(addresses: LookupAddress[]): LookupFunction {
  return (_host, options, callback) => {
    if (options.all === true) callback(null, addresses);
    else callback(null, addresses[0].address, addresses[0].family);
  };
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
export function nameOf(target: EgressTarget): string {
  const host = isIP(target.host) === 6 ? `[${target.host}]` : target.host;
  return `${target.scheme}://${host}:${target.port}`;
}
