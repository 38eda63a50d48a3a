import type { FastifyRequest } from 'fastify';

import { DomainError } from '../errors/domain-error';

/** Bytes of bodies that one process takes in at once: what telemetry and alerts may fill of its memory (safety I18). */
const CAPACITY_BYTES = 64 * 1024 * 1024;
/** Requests that are worked on at once at least: many small senders who come together are no overload. */
const MIN_REQUESTS = 128;
/** Past them no more than what goes out within this time, so that what is taken is soon answered, and people do not wait behind it (I19). */
const WAIT_SECONDS = 0.1;
const WINDOW_MS = 1_000;
const RETRY_SECONDS = 1;

/** One for all: a stack of its own for each of a flood would cost more than the refusal. */
const OVERLOADED = new DomainError(
  'unavailable',
  'request/overloaded',
  'More arrives than can be taken in; try again',
  { retryAfterSeconds: RETRY_SECONDS },
);

/** A request's stay within the gate. */
export interface IntakeVisit {
  /** Its body is here, and it is worked on from now on. Throws as `enter` does. */
  readonly begin: () => void;
  /** Gives back what it holds, once. */
  readonly leave: () => void;
}

/**
 * Bounds what is being taken in: a request reserves the room for its body before it is read, and is worked on only while few enough others
 * are. Who finds no room hears so at once, and sends again. A body that is long in coming holds bytes, and nobody's turn.
 */
export class IntakeGate {
  private reservedBytes = 0;
  private inHand = 0;
  private readonly pace: Pace;

  constructor(
    private readonly capacityBytes = CAPACITY_BYTES,
    elapsedMs: () => number = () => performance.now(),
  ) {
    this.pace = new Pace(elapsedMs);
  }

  /** Throws DomainError `unavailable` where there is no room. A lone body always has room. */
  enter(request: Pick<FastifyRequest, 'headers'>, limitBytes: number): IntakeVisit {
    const declared = Number(request.headers['content-length'] ?? limitBytes);
    const bytes = Number.isFinite(declared) ? Math.min(declared, limitBytes) : limitBytes;
    const isFull = this.reservedBytes > 0 && this.reservedBytes + bytes > this.capacityBytes;
    if (isFull || !this.hasTurn) throw OVERLOADED;
    this.reservedBytes += bytes;
    let stay: 'coming' | 'in hand' | 'over' = 'coming';
    return {
      begin: () => {
        if (stay !== 'coming') return;
        if (!this.hasTurn) throw OVERLOADED;
        stay = 'in hand';
        this.inHand += 1;
      },
      leave: () => {
        if (stay === 'over') return;
        this.reservedBytes -= bytes;
        if (stay === 'in hand') {
          this.inHand -= 1;
          this.pace.note();
        }
        stay = 'over';
      },
    };
  }

  private get hasTurn(): boolean {
    return this.inHand < Math.max(MIN_REQUESTS, this.pace.perSecond * WAIT_SECONDS);
  }
}

/** How many requests were done within the last whole second. */
class Pace {
  private startMs: number;
  private count = 0;
  private last = 0;

  constructor(private readonly elapsedMs: () => number) {
    this.startMs = elapsedMs();
  }

  note(): void {
    this.turn();
    this.count += 1;
  }

  get perSecond(): number {
    this.turn();
    return this.last;
  }

  private turn(): void {
    const now = this.elapsedMs();
    const passedMs = now - this.startMs;
    if (passedMs < WINDOW_MS) return;
    this.last = (this.count / passedMs) * 1_000;
    this.startMs = now;
    this.count = 0;
  }
}
