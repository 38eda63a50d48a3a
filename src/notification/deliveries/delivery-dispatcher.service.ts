import { hostname } from 'node:os';

import { BeforeApplicationShutdown, Injectable, OnApplicationBootstrap } from '@nestjs/common';

import { ServerConfig } from '../../config/sections';
import { Log } from '../../observability/log';
import { ClaimedDelivery, DeliveryRepository } from './delivery.repository';
import { DeliveryMetrics } from './delivery-metrics.service';
import { ATTEMPT_TIMEOUT_MS, DeliverySender } from './delivery-sender.service';
import { DeliverySettlement } from './delivery-settlement.service';

const POLL_MS = 500;
/** What one process sends at once; of one endpoint far less (`delivery.repository.ts`). */
const MAX_RUNNING = 32;
/** Longer than an attempt and its recording take. After it, whoever looks sends it again. */
const LEASE_SECONDS = (3 * ATTEMPT_TIMEOUT_MS) / 1_000;

/** Sends what is due, in every process that works. */
@Injectable()
export class DeliveryDispatcher implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly worker = `${hostname()}/${process.pid}`;
  private readonly running = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | null = null;
  private round: Promise<void> | null = null;

  constructor(
    private readonly deliveries: DeliveryRepository,
    private readonly sender: DeliverySender,
    private readonly settlement: DeliverySettlement,
    private readonly metrics: DeliveryMetrics,
    private readonly server: ServerConfig,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    if (this.server.role === 'api') return;
    this.timer = setInterval(() => this.wake(), POLL_MS);
  }

  /** Claims nothing more, and lets what is being sent end; none takes longer than its time-out. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer ?? undefined);
    this.timer = null;
    await this.round;
    await Promise.all(this.running);
  }

  private wake(): void {
    if (this.timer === null) return;
    this.round ??= this.claimAll()
      .catch((error: unknown) =>
        this.log.warn({ reason: (error as Error).message }, 'notifications wait for the database'),
      )
      .finally(() => {
        this.round = null;
      });
  }

  private async claimAll(): Promise<void> {
    for (const kind of await this.deliveries.giveUpOverdue()) this.metrics.countEnd(kind, 'expired');
    while (this.running.size < MAX_RUNNING && this.timer !== null) {
      const claimed = await this.deliveries.claim(this.worker, LEASE_SECONDS);
      if (claimed === null) return;
      const attempt = this.attempt(claimed);
      this.running.add(attempt);
      void attempt.finally(() => {
        this.running.delete(attempt);
        this.wake();
      });
    }
  }

  /** Never throws: an end that could not be recorded is found again once its lease is over. */
  private async attempt(claimed: ClaimedDelivery): Promise<void> {
    const beganAtMs = performance.now();
    try {
      const end = await this.sender.send(claimed);
      await this.settlement.settle(claimed, end, Math.round(performance.now() - beganAtMs));
    } catch (error) {
      this.log.warn(
        { delivery: claimed.id, reason: (error as Error).message },
        'the end of an attempt could not be recorded; it is made again',
      );
    }
  }
}
