import type { FastifyRequest } from 'fastify';

import { DomainError } from '../errors/domain-error';

/** Bytes of bodies that one process takes in at once: what telemetry and alerts may fill of its memory (safety I18). */
const CAPACITY_BYTES = 64 * 1024 * 1024;
const RETRY_SECONDS = 1;

/**
 * Bounds what is being received: a request reserves the room for its body before it is read, and gives it back with its answer. Who finds
 * none hears so at once, and sends again.
 */
export class IntakeGate {
  private reservedBytes = 0;

  constructor(private readonly capacityBytes = CAPACITY_BYTES) {}

  /** Returns what gives the room back, once. Throws DomainError `unavailable` where there is none. A lone body always has room. */
  enter(request: Pick<FastifyRequest, 'headers'>, limitBytes: number): () => void {
    const declared = Number(request.headers['content-length'] ?? limitBytes);
    const bytes = Number.isFinite(declared) ? Math.min(declared, limitBytes) : limitBytes;
    if (this.reservedBytes > 0 && this.reservedBytes + bytes > this.capacityBytes)
      throw new DomainError(
        'unavailable',
        'request/overloaded',
        'More arrives than can be taken in; try again',
        {
          retryAfterSeconds: RETRY_SECONDS,
        },
      );
    this.reservedBytes += bytes;
    let isLeft = false;
    return () => {
      if (!isLeft) this.reservedBytes -= bytes;
      isLeft = true;
    };
  }
}
