import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import { isAlerts, NumberedRequests } from './numbered-requests';

/** How a flood is to be sent: `ratePerSecond` whether or not anything is answered, or, where it is null, one request after the other on each connection. */
export interface FloodOrder {
  readonly port: number;
  readonly key: string;
  readonly sinceMs: number;
  readonly firstNumber: number;
  readonly ratePerSecond: number | null;
  readonly connections: number;
  readonly seconds: number;
}

/** What came of it. Latencies count from the moment at which a request was sent: as many as there are connections wait for their answers at any time. */
export interface FloodReport {
  readonly nextNumber: number;
  readonly seconds: number;
  /** Answers by status; 0 stands for a connection that broke. */
  readonly statuses: Readonly<Record<number, number>>;
  /** Of those that were answered with success. */
  readonly acknowledged: readonly number[];
  readonly accepted: Latencies;
  readonly refused: Latencies;
  /** Refusals that did not say when to come again. */
  readonly withoutRetryAfter: number;
  /** Requests that were due and found no connection until the end. */
  readonly unsent: number;
}

export interface Latencies {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

interface Answer {
  readonly status: number;
  readonly hasRetryAfter: boolean;
}

/** A process of its own, so that nothing else waits for the sender, and it for nothing else. It takes one order after the other. */
process.on('message', (order: FloodOrder) => {
  void flood(order).then((report) => process.send?.(report));
});
process.on('disconnect', () => process.exit(0));

async function flood(order: FloodOrder): Promise<FloodReport> {
  const requests = new NumberedRequests(order.sinceMs, order.key);
  const ledger = new Ledger();
  const connections = await Promise.all(
    Array.from({ length: order.connections }, () => Connection.open(order.port)),
  );
  let next = order.firstNumber;
  const sendNext = async (connection: Connection): Promise<void> => {
    const number = next++;
    const bytes = requests.bytesOf(number);
    const sent = performance.now();
    ledger.note(number, await connection.send(bytes), performance.now() - sent);
  };
  const start = performance.now();
  const send = order.ratePerSecond === null ? inTurn : onTime;
  const unsent = await send(order, connections, sendNext);
  const seconds = (performance.now() - start) / 1_000;
  for (const connection of connections) connection.close();
  return { ...ledger.report(), nextNumber: next, seconds, unsent };
}

type SendNext = (connection: Connection) => Promise<void>;

async function inTurn(
  { seconds }: FloodOrder,
  connections: readonly Connection[],
  sendNext: SendNext,
): Promise<number> {
  const end = performance.now() + seconds * 1_000;
  await Promise.all(
    connections.map(async (connection) => {
      while (performance.now() < end) await sendNext(connection);
    }),
  );
  return 0;
}

/** What is due takes a free connection, or the next that gets free. Returns how many never got one. */
async function onTime(
  { seconds, ratePerSecond }: FloodOrder,
  connections: readonly Connection[],
  sendNext: SendNext,
): Promise<number> {
  const start = performance.now();
  const idle = [...connections];
  const running = new Set<Promise<void>>();
  let waiting = 0;
  const serve = async (connection: Connection): Promise<void> => {
    await sendNext(connection);
    while (waiting > 0) {
      waiting -= 1;
      await sendNext(connection);
    }
    idle.push(connection);
  };
  let due = 0;
  const timer = setInterval(() => {
    for (; due < ((performance.now() - start) / 1_000) * (ratePerSecond ?? 0); due += 1) {
      const connection = idle.pop();
      if (connection === undefined) waiting += 1;
      else {
        const turn = serve(connection).finally(() => running.delete(turn));
        running.add(turn);
      }
    }
  }, 1);
  await delay(seconds * 1_000);
  clearInterval(timer);
  const unsent = waiting;
  waiting = 0;
  await Promise.all(running);
  return unsent;
}

/** Counts answers and keeps their latencies. */
class Ledger {
  private readonly statuses = new Map<number, number>();
  private readonly acknowledged: number[] = [];
  private readonly acceptedMs: number[] = [];
  private readonly refusedMs: number[] = [];
  private withoutRetryAfter = 0;

  note(number: number, { status, hasRetryAfter }: Answer, latencyMs: number): void {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    if (status === (isAlerts(number) ? 200 : 204)) {
      this.acknowledged.push(number);
      this.acceptedMs.push(latencyMs);
    } else {
      this.refusedMs.push(latencyMs);
      if ((status === 429 || status === 503) && !hasRetryAfter) this.withoutRetryAfter += 1;
    }
  }

  report(): Omit<FloodReport, 'nextNumber' | 'seconds' | 'unsent'> {
    return {
      statuses: Object.fromEntries(this.statuses),
      acknowledged: this.acknowledged,
      accepted: latenciesOf(this.acceptedMs),
      refused: latenciesOf(this.refusedMs),
      withoutRetryAfter: this.withoutRetryAfter,
    };
  }
}

function latenciesOf(latenciesMs: readonly number[]): Latencies {
  const sorted = Float64Array.from(latenciesMs).sort();
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  return { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}

const HEAD_END = '\r\n\r\n';

/** A keep-alive connection that is opened anew where it breaks; it reads no more of an answer than it must. */
class Connection {
  private received: Buffer = Buffer.alloc(0);
  private answered: ((answer: Answer) => void) | null = null;

  private constructor(
    private readonly port: number,
    private socket: Socket,
  ) {
    this.listen();
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new Connection(port, socket);
  }

  send(request: Buffer): Promise<Answer> {
    if (this.socket.destroyed) {
      this.socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true });
      this.received = Buffer.alloc(0);
      this.listen();
    }
    return new Promise((answered) => {
      this.answered = answered;
      this.socket.write(request);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private listen(): void {
    const { socket } = this;
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('error', () => undefined);
    // One that has been replaced says nothing of the request that its successor carries.
    socket.on('close', () => {
      if (socket === this.socket) this.tell({ status: 0, hasRetryAfter: false });
    });
  }

  private receive(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    const headLength = this.received.indexOf(HEAD_END);
    if (headLength < 0) return;
    const head = this.received.toString('latin1', 0, headLength);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (this.received.length < headLength + HEAD_END.length + length) return;
    this.received = this.received.subarray(headLength + HEAD_END.length + length);
    const isLast = /\r\nconnection: close/i.test(head);
    if (isLast) this.socket.destroy();
    this.tell({ status: Number(head.slice(9, 12)), hasRetryAfter: /\r\nretry-after: [1-9]/i.test(head) });
  }

  private tell(answer: Answer): void {
    const { answered } = this;
    this.answered = null;
    answered?.(answer);
  }
}
