import { Injectable } from '@nestjs/common';

import { JobsService } from '../jobs/jobs.service';
import { EventCatalogue, EventName } from './event-catalogue';

/**
 * Publishing an event enqueues one job per subscriber in the writer's transaction: delivered after commit, retried, and
 * kept as a dead letter when a subscriber cannot do it. A subscriber's failure never reaches the writer.
 */
@Injectable()
export class EventsService {
  private readonly subscribers = new Map<EventName, string[]>();

  constructor(private readonly jobs: JobsService) {}

  /** Listens to an event under the subscriber's own name; delivered at least once, so the handler is idempotent. */
  subscribe<Name extends EventName>(
    event: Name,
    subscriber: string,
    handle: (payload: EventCatalogue[Name]) => Promise<void>,
  ): void {
    const job = `${event}.${subscriber}`;
    this.jobs.register(job, handle);
    this.subscribers.set(event, [...(this.subscribers.get(event) ?? []), job]);
  }

  /** Whether anybody listens. */
  isHeard(event: EventName): boolean {
    return this.subscribers.has(event);
  }

  /** Announces a fact; call it inside the transaction that made it one. */
  async publish<Name extends EventName>(event: Name, payload: EventCatalogue[Name]): Promise<void> {
    for (const job of this.subscribers.get(event) ?? []) await this.jobs.enqueue(job, payload);
  }
}
