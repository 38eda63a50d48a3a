import { setTimeout as delay } from 'node:timers/promises';

import type { ServerProcess } from '../support/server-process';
import { INTAKE_PROTOCOLS, IntakeProtocol, IntakeRequest, SenderKeys } from './intake-protocols';

const RETRY_MS = 20;
/** Between two of a sender, so that a long run stays within what one answer lists. */
const PAUSE_MS = 10;
const REQUEST_LIMIT_MS = 15_000;
/** Of so many requests one is sent once more although it was answered, as a client does that did not hear. */
const REPEATED_EVERY = 5;

/** A sender and what it was promised: the numbers of its requests that were answered with success. */
export interface SenderBook {
  readonly protocol: IntakeProtocol;
  readonly promised: Set<number>;
}

/** Senders of every protocol who go on until told to stop: each sends a request until it is stored, then the next. */
export class IntakeLoad {
  /** By number of the sender. */
  readonly books: readonly SenderBook[];
  acknowledged = 0;
  repeated = 0;
  /** Answers that no outage explains. */
  readonly surprises: string[] = [];
  private isStopped = false;
  private readonly senders: Promise<void>[];

  constructor(
    private readonly server: () => ServerProcess,
    private readonly keys: SenderKeys,
    sendersOfEach = 2,
  ) {
    this.books = Array.from({ length: INTAKE_PROTOCOLS.length * sendersOfEach }, (_, sender) => ({
      protocol: INTAKE_PROTOCOLS[sender % INTAKE_PROTOCOLS.length],
      promised: new Set<number>(),
    }));
    this.senders = this.books.map((book, sender) => this.tell(book, sender));
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await Promise.all(this.senders);
  }

  private async tell({ protocol, promised }: SenderBook, sender: number): Promise<void> {
    let timeMs = 0;
    for (let n = 1; !this.isStopped; n += 1) {
      timeMs = Math.max(timeMs + 1, Date.now());
      const request = protocol.request({ sender, n, timeMs }, this.keys);
      if (!(await this.untilStored(protocol, request))) return;
      promised.add(n);
      this.acknowledged += 1;
      if (n % REPEATED_EVERY === 0) {
        await this.send(protocol, request);
        this.repeated += 1;
      }
      await delay(PAUSE_MS);
    }
  }

  /** Whether it was stored before everything stopped. */
  private async untilStored(protocol: IntakeProtocol, request: IntakeRequest): Promise<boolean> {
    while (!this.isStopped) {
      if (await this.send(protocol, request)) return true;
      await delay(RETRY_MS);
    }
    return false;
  }

  private async send(
    { name, isStored }: IntakeProtocol,
    { path, key, headers, body }: IntakeRequest,
  ): Promise<boolean> {
    try {
      const answer = await fetch(`${this.server().url}${path}`, {
        method: 'POST',
        headers: { ...headers, authorization: `Bearer ${key}` },
        body: new Uint8Array(body),
        signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
      });
      const text = await answer.text();
      const isUnderstood = answer.status === 503 && Number(answer.headers.get('retry-after')) > 0;
      if (isStored(answer.status, text)) return true;
      if (!isUnderstood) this.surprises.push(`${name} was answered ${answer.status}: ${text.slice(0, 300)}`);
    } catch (error) {
      if ((error as Error).name === 'TimeoutError')
        this.surprises.push(`${name} was not answered within ${REQUEST_LIMIT_MS / 1_000} s`);
    }
    return false;
  }
}
