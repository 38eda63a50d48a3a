import { hostname } from 'node:os';

import { BeforeApplicationShutdown, Injectable, OnApplicationBootstrap } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { ServerConfig } from '../../config/sections';
import { EventsService } from '../../events/events.service';
import { Log } from '../../observability/log';
import { ActionRepository } from '../actions/action.repository';
import { AttemptRunner, LEASE_SECONDS } from './attempt-runner.service';
import { DueWork, LedgerRepository } from './ledger.repository';
import { Settlement } from './settlement.service';

const POLL_MS = 1_000;
/** What one process does at once; how many all do, the limits say. */
const MAX_RUNNING = 10;
/** How long a shutdown waits for what is running before it calls it off. */
const DRAIN_MS = 15_000;
/** How often tripped rails are told of again while they hold steps up. */
const TRIP_MS = 30_000;

/**
 * Takes queued steps out of the ledger and has them done, in every process that works. The ledger is the queue: nothing else knows of
 * work, so nothing else can lose it. It is asked every second, and at once where this process queued something itself.
 */
@Injectable()
export class Dispatcher implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly worker = `${hostname()}/${process.pid}`;
  private readonly running = new Set<Promise<void>>();
  private readonly stop = new AbortController();
  private timer: NodeJS.Timeout | null = null;
  private round: Promise<void> | null = null;
  private isWoken = false;
  private trippedAtMs = 0;

  constructor(
    private readonly ledger: LedgerRepository,
    private readonly actions: ActionRepository,
    private readonly attempts: AttemptRunner,
    private readonly settlement: Settlement,
    private readonly events: EventsService,
    private readonly audit: AuditService,
    private readonly server: ServerConfig,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    if (this.server.role === 'api') return;
    this.timer = setInterval(() => this.wake(), POLL_MS);
  }

  /** Looks for work now. In a process that does not work nothing happens; those that do look within a second. */
  wake(): void {
    if (this.timer === null) return;
    this.isWoken = true;
    this.round ??= this.work()
      .catch((error: unknown) =>
        this.log.warn({ reason: (error as Error).message }, 'the step ledger waits for the database'),
      )
      .finally(() => {
        this.round = null;
      });
  }

  /** Claims nothing more; what is running may end, and is called off where it takes too long. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer ?? undefined);
    this.timer = null;
    await this.round;
    const tooLong = setTimeout(() => this.stop.abort(new Error('The worker is being shut down')), DRAIN_MS);
    await Promise.all(this.running);
    clearTimeout(tooLong);
  }

  private async work(): Promise<void> {
    while (this.isWoken && this.timer !== null) {
      this.isWoken = false;
      const due = await this.ledger.look();
      await this.sweep(due);
      if (!due.hasReady) continue;
      await this.claimAll();
      await this.tellTrips();
    }
  }

  /** Ends what nobody else will end: claims of the dead, steps that could not begin, answers that never came. */
  private async sweep({ hasLost, hasOverdue, hasExpired }: DueWork): Promise<void> {
    if (hasLost) for (const lost of await this.ledger.listLost()) await this.settlement.settleLost(lost);
    if (hasOverdue)
      for (const { actionId } of await this.ledger.listOverdue())
        await this.settlement.settleOverdue(actionId);
    if (hasExpired) for (const id of await this.actions.listExpired()) await this.settlement.expire(id);
  }

  private async claimAll(): Promise<void> {
    while (this.running.size < MAX_RUNNING && this.timer !== null) {
      const askedAtMs = performance.now();
      const claimed = await this.ledger.claim(this.worker, LEASE_SECONDS, this.audit.signature());
      if (claimed === null) return;
      const attempt = this.attempts.run(claimed, askedAtMs, this.stop.signal);
      this.running.add(attempt);
      void attempt.finally(() => {
        this.running.delete(attempt);
        this.wake();
      });
    }
  }

  private async tellTrips(): Promise<void> {
    const now = performance.now();
    if (now - this.trippedAtMs < TRIP_MS) return;
    const trips = await this.ledger.listTrips();
    if (trips.length > 0) this.trippedAtMs = now;
    for (const trip of trips) await this.events.publish('remediation.rail_tripped', trip);
  }
}
