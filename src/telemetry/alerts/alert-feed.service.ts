import { Injectable, OnApplicationBootstrap } from '@nestjs/common';

import { ServerConfig } from '../../config/sections';
import { Database } from '../../database/database';
import { Candidate, Leadership } from '../../database/leadership';
import { Log } from '../../observability/log';
import type { AlertConsumer } from '../alert-consumer.port';
import { AlertChangeRepository } from './alert-change.repository';

const POLL_MS = 500;
const CHANGES_A_READ = 100;
const RETRY_MS = 1_000;

/**
 * Hands every change of an alert to each consumer, in commit order, in one process at a time, once: the consumer's work and its place are of
 * one transaction. It reads the table and not the requests, so that what was stored before a crash is handed over after it.
 */
@Injectable()
export class AlertFeed implements OnApplicationBootstrap {
  private readonly readers: Reader[] = [];
  private isStarted = false;

  constructor(
    private readonly changes: AlertChangeRepository,
    private readonly database: Database,
    private readonly leadership: Leadership,
    private readonly server: ServerConfig,
    private readonly log: Log,
  ) {}

  /** From now on, or from the start of the application on, where this process may read. */
  register(consumer: AlertConsumer): void {
    const reader = new Reader(consumer, this.changes, this.database, this.log);
    this.readers.push(reader);
    if (this.isStarted) this.stand(reader);
  }

  /** Tells the readers of this process that alerts were just stored; another process finds changes by its poll. */
  wake(): void {
    for (const reader of this.readers) reader.wake();
  }

  onApplicationBootstrap(): void {
    this.isStarted = true;
    for (const reader of this.readers) this.stand(reader);
  }

  private stand(reader: Reader): void {
    if (this.server.role !== 'api') this.leadership.campaign(`alert-feed.${reader.name}`, reader);
  }
}

class Reader implements Candidate {
  private running: Promise<void> | null = null;
  private active = false;
  private wakeUp: (() => void) | null = null;
  private woken = false;

  constructor(
    private readonly consumer: AlertConsumer,
    private readonly changes: AlertChangeRepository,
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  get name(): string {
    return this.consumer.reader;
  }

  async elected(): Promise<void> {
    await this.changes.openCursor(this.name);
    this.active = true;
    this.running = this.loop();
  }

  async deposed(): Promise<void> {
    this.active = false;
    this.wake();
    await this.running;
  }

  wake(): void {
    this.woken = true;
    this.wakeUp?.();
  }

  private async loop(): Promise<void> {
    while (this.active) {
      this.woken = false;
      try {
        if (await this.changes.isBehind(this.name)) await this.handOver();
        else if (!this.woken) await this.wait(POLL_MS);
      } catch (error) {
        // Nothing is lost: the place has not moved.
        if (this.active) this.log.error(error, 'handing over changes of alerts failed; trying again');
        await this.wait(RETRY_MS);
      }
    }
  }

  private handOver(): Promise<void> {
    return this.database.run(async () => {
      const changes = await this.changes.readAfter(await this.changes.lockCursor(this.name), CHANGES_A_READ);
      const last = changes.at(-1);
      if (last === undefined) return;
      await this.consumer.consume(changes);
      await this.changes.advance(this.name, last.position);
    });
  }

  private async wait(ms: number): Promise<void> {
    if (!this.active) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wakeUp = null;
  }
}
