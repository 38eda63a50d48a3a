import { Injectable } from '@nestjs/common';

import { Database } from '../../database/database';
import { AlertsOverloaded } from './alert.errors';
import { AlertRepository } from './alert.repository';
import { AlertFeed } from './alert-feed.service';
import { groupAlerts, type IncomingAlert } from './alert-group';

/** Statements under way at once: whatever senders do, the rest of the pool is there for people (safety I18, I19). */
const MAX_UNDER_WAY = 2;
/** Requests that wait meanwhile share a statement, up to this many alerts: a commit costs the same for one and for hundreds. */
const MAX_SHARED = 500;
/** Alerts that may wait. Who sends more than Postgres takes hears so at once, instead of filling the memory. */
const MAX_WAITING = 20_000;

interface Waiting {
  readonly alerts: readonly IncomingAlert[];
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** Writes alerts: the requests that wait while others are stored share a statement, and each is answered when it has committed. */
@Injectable()
export class AlertWriter {
  private readonly queue: Waiting[] = [];
  private waitingAlerts = 0;
  private underWay = 0;

  constructor(
    private readonly alerts: AlertRepository,
    private readonly feed: AlertFeed,
    private readonly database: Database,
  ) {}

  /** Returns once the alerts have committed. Throws AlertsOverloaded where too many wait already. */
  async write(alerts: readonly IncomingAlert[]): Promise<void> {
    if (this.waitingAlerts > MAX_WAITING) throw new AlertsOverloaded();
    await new Promise<void>((done, failed) => {
      this.queue.push({ alerts, done, failed });
      this.waitingAlerts += alerts.length;
      this.next();
    });
  }

  private next(): void {
    while (this.underWay < MAX_UNDER_WAY && this.queue.length > 0) {
      this.underWay += 1;
      void this.store(this.take()).finally(() => {
        this.underWay -= 1;
        this.next();
      });
    }
  }

  /** The requests that have waited longest, as many as share a statement. */
  private take(): Waiting[] {
    let count = 0;
    let alerts = 0;
    do alerts += this.queue[count++].alerts.length;
    while (count < this.queue.length && alerts + this.queue[count].alerts.length <= MAX_SHARED);
    this.waitingAlerts -= alerts;
    return this.queue.splice(0, count);
  }

  private async store(requests: readonly Waiting[]): Promise<void> {
    try {
      const groups = groupAlerts(requests.flatMap(({ alerts }) => alerts));
      // The statements belong to several callers, and to no transaction of one of them.
      await this.database.apart(async () => {
        for (const group of groups) await this.alerts.store(group);
      });
      this.feed.wake();
      for (const { done } of requests) done();
    } catch (error) {
      for (const { failed } of requests) failed(error);
    }
  }
}
