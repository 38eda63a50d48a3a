import { Injectable, OnApplicationBootstrap, OnModuleInit } from '@nestjs/common';

import { ServerConfig } from '../../config/sections';
import { Candidate, Leadership } from '../../database/leadership';
import { JobsService } from '../../jobs/jobs.service';
import { Log } from '../../observability/log';
import { AlertRepository } from './alert.repository';
import { AlertChangeRepository } from './alert-change.repository';
import { AlertFeed } from './alert-feed.service';

const INTERVAL_MS = 1_000;
const ALERTS_A_STATEMENT = 500;

/** Resolves alerts that nobody told again until their planned end, within a second or two, in one process at a time. */
@Injectable()
export class AlertExpiry implements Candidate, OnModuleInit, OnApplicationBootstrap {
  private timer: NodeJS.Timeout | null = null;
  private sweep: Promise<void> | null = null;

  constructor(
    private readonly alerts: AlertRepository,
    private readonly changes: AlertChangeRepository,
    private readonly feed: AlertFeed,
    private readonly leadership: Leadership,
    private readonly jobs: JobsService,
    private readonly server: ServerConfig,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.jobs.register('alerts.purge-changes', () => this.changes.purge(), { cron: '*/5 * * * *' });
  }

  onApplicationBootstrap(): void {
    if (this.server.role !== 'api') this.leadership.campaign('alerts.expiry', this);
  }

  async elected(): Promise<void> {
    this.timer = setInterval(() => void this.tick(), INTERVAL_MS);
  }

  async deposed(): Promise<void> {
    clearInterval(this.timer ?? undefined);
    this.timer = null;
    await this.sweep;
  }

  /** Resolves every alert whose planned end has passed, by the database's clock; returns how many they were. */
  async expire(): Promise<number> {
    let total = 0;
    let count: number;
    do {
      count = await this.alerts.expire(ALERTS_A_STATEMENT);
      total += count;
    } while (count === ALERTS_A_STATEMENT);
    if (total > 0) this.feed.wake();
    return total;
  }

  private async tick(): Promise<void> {
    if (this.sweep !== null) return;
    this.sweep = this.expire()
      .catch((error: unknown) =>
        this.log.warn({ reason: (error as Error).message }, 'ended alerts cannot be resolved at present'),
      )
      .then(() => {
        this.sweep = null;
      });
    await this.sweep;
  }
}
