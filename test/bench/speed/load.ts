import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

/** A request as it goes over the wire; the same bytes serve every connection. */
export type RawRequest = Buffer;

/** Requests of one sender, each of which goes out once and after the one before it. */
export class RequestQueue {
  private sentCount = 0;

  constructor(private readonly requests: readonly RawRequest[]) {}

  get sent(): number {
    return this.sentCount;
  }

  get isEmpty(): boolean {
    return this.sentCount === this.requests.length;
  }

  take(): RawRequest {
    return this.requests[this.sentCount++];
  }
}

/** What came back within one turn. */
export interface Outcome {
  readonly ops: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly non2xx: number;
  /** Of the requests that were answered 2xx. */
  readonly acknowledged: number;
}

export function rawRequest(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: object,
): RawRequest {
  return body === undefined
    ? Buffer.from(head(method, path, headers))
    : rawPost(path, { ...headers, 'content-type': 'application/json' }, JSON.stringify(body), method);
}

/** A request whose body is there already; its type is among the headers. */
export function rawPost(
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer,
  method = 'POST',
): RawRequest {
  const bytes = Buffer.from(body);
  return Buffer.concat([
    Buffer.from(head(method, path, { ...headers, 'content-length': String(bytes.length) })),
    bytes,
  ]);
}

function head(method: string, path: string, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

/** Each connection sends its next request when the last is answered: what a server can do at most. */
export async function loadClosed(
  port: number,
  requests: readonly RawRequest[],
  connections: number,
  durationMs: number,
): Promise<Outcome> {
  const clients = await connectAll(port, connections);
  const tally = new Tally();
  const start = performance.now();
  let next = 0;
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() - start < durationMs) {
        const sent = performance.now();
        tally.note(await client.send(requests[next++ % requests.length]), performance.now() - sent);
      }
    }),
  );
  const seconds = (performance.now() - start) / 1_000;
  for (const client of clients) client.close();
  return tally.outcome(seconds);
}

/** As `loadClosed`, one connection a sender; it ends as well when a sender has nothing left, so that none goes on alone. */
export async function loadQueues(
  port: number,
  senders: readonly RequestQueue[],
  durationMs: number,
): Promise<Outcome> {
  const clients = await connectAll(port, senders.length);
  const tally = new Tally();
  const start = performance.now();
  const goesOn = (): boolean =>
    performance.now() - start < durationMs && !senders.some(({ isEmpty }) => isEmpty);
  await Promise.all(
    senders.map(async (sender, index) => {
      while (goesOn()) {
        const sent = performance.now();
        tally.note(await clients[index].send(sender.take()), performance.now() - sent);
      }
    }),
  );
  const seconds = (performance.now() - start) / 1_000;
  for (const client of clients) client.close();
  return tally.outcome(seconds);
}

/**
 * Requests arrive at a fixed rate whether or not the last was answered, so that a stall counts for all who came meanwhile. Arrivals
 * are due at the ticks of a one-millisecond timer; a request that finds every connection busy waits, and its wait counts.
 */
export async function loadOpen(
  port: number,
  requests: readonly RawRequest[],
  ratePerSecond: number,
  durationMs: number,
  connections = 64,
): Promise<Outcome> {
  const clients = await connectAll(port, connections);
  const idle = [...clients];
  const waiting: number[] = [];
  const tally = new Tally();
  const start = performance.now();
  let arrived = 0;
  let next = 0;
  const serve = async (client: Client, arrival: number): Promise<void> => {
    for (let due: number | undefined = arrival; due !== undefined; due = waiting.shift())
      tally.note(await client.send(requests[next++ % requests.length]), performance.now() - due);
    idle.push(client);
  };
  const running: Promise<void>[] = [];
  const timer = setInterval(() => {
    const now = performance.now();
    for (; arrived < ((now - start) / 1_000) * ratePerSecond; arrived++) {
      const client = idle.pop();
      if (client === undefined) waiting.push(now);
      else running.push(serve(client, now));
    }
  }, 1);
  await delay(durationMs);
  clearInterval(timer);
  await Promise.all(running);
  const seconds = (performance.now() - start) / 1_000;
  for (const client of clients) client.close();
  return tally.outcome(seconds);
}

/** Counts answers and keeps their latencies. */
export class Tally {
  private readonly latencies: number[] = [];
  private non2xx = 0;

  note(status: number, latencyMs: number): void {
    this.latencies.push(latencyMs);
    if (status < 200 || status > 299) this.non2xx++;
  }

  outcome(seconds: number): Outcome {
    const sorted = Float64Array.from(this.latencies).sort();
    const quantile = (share: number): number =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
    return {
      ops: sorted.length,
      seconds,
      p50Ms: quantile(0.5),
      p99Ms: quantile(0.99),
      non2xx: this.non2xx,
      acknowledged: sorted.length - this.non2xx,
    };
  }
}

async function connectAll(port: number, count: number): Promise<Client[]> {
  const sockets = Array.from({ length: count }, () => connect({ port, host: '127.0.0.1', noDelay: true }));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  return sockets.map((socket) => new Client(socket));
}

const HEAD_END = '\r\n\r\n';
const NO_CONTENT = 204;

/**
 * One keep-alive connection. It reads no more of an answer than status and length: a full HTTP client would take the processor time
 * that the servers are measured by.
 */
class Client {
  private received: Buffer = Buffer.alloc(0);
  private answer: { resolve: (status: number) => void; reject: (error: Error) => void } | null = null;

  constructor(private readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('error', (error) => this.answer?.reject(error));
    socket.on('close', () =>
      this.answer?.reject(new Error('The server closed a connection in the middle of a request')),
    );
  }

  /** Sends a request and gives the status of its answer. */
  send(request: RawRequest): Promise<number> {
    return new Promise((resolve, reject) => {
      this.answer = { resolve, reject };
      this.socket.write(request);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private receive(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    const headLength = this.received.indexOf(HEAD_END);
    if (headLength < 0) return;
    const head = this.received.toString('latin1', 0, headLength);
    const status = Number(head.slice(9, 12));
    const length = status === NO_CONTENT ? '0' : /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    if (length === undefined) {
      this.answer?.reject(new Error(`An answer without a length: ${head}`));
      return;
    }
    if (this.received.length < headLength + HEAD_END.length + Number(length)) return;
    this.received = this.received.subarray(headLength + HEAD_END.length + Number(length));
    const { answer } = this;
    this.answer = null;
    answer?.resolve(status);
  }
}
