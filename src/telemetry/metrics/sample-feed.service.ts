import { Injectable, OnApplicationBootstrap } from '@nestjs/common';

import { ServerConfig } from '../../config/sections';
import { Candidate, Leadership } from '../../database/leadership';
import { Log } from '../../observability/log';
import { SampleConsumer } from '../sample-consumer.port';
import { BatchPosition } from '../telemetry.types';
import { SampleRepository } from './sample.repository';

const POLL_MS = 500;
const BATCHES_A_READ = 20;
const RETRY_MS = 1_000;
const START: BatchPosition = { xact: '0', id: 0 };

/**
 * Hands every stored batch to each consumer once, in commit order, in one process at a time. It reads the table and not
 * the requests, so that what was stored before a crash is handed over after it by the very same way.
 */
@Injectable()
export class SampleFeed implements OnApplicationBootstrap {
  private readonly readers: Reader[] = [];

  constructor(
    private readonly samples: SampleRepository,
    private readonly leadership: Leadership,
    private readonly server: ServerConfig,
    private readonly log: Log,
  ) {}

  register(consumer: SampleConsumer): void {
    this.readers.push(new Reader(consumer, this.samples, this.log));
  }

  /** Tells the readers of this process that a batch was just committed; another process finds it by its poll. */
  wake(): void {
    for (const reader of this.readers) reader.wake();
  }

  onApplicationBootstrap(): void {
    if (this.server.role === 'api') return;
    for (const reader of this.readers) this.leadership.campaign(`sample-feed.${reader.name}`, reader);
  }
}

class Reader implements Candidate {
  private running: Promise<void> | null = null;
  private active = false;
  private wakeUp: (() => void) | null = null;
  private woken = false;

  constructor(
    private readonly consumer: SampleConsumer,
    private readonly samples: SampleRepository,
    private readonly log: Log,
  ) {}

  get name(): string {
    return this.consumer.reader;
  }

  async elected(): Promise<void> {
    this.active = true;
    this.running = this.loop();
  }

  async deposed(): Promise<void> {
    this.active = false;
    this.wake();
    await this.running;
    await this.consumer.close();
  }

  wake(): void {
    this.woken = true;
    this.wakeUp?.();
  }

  private async loop(): Promise<void> {
    while (this.active) {
      try {
        await this.read((await this.consumer.open()) ?? START);
      } catch (error) {
        // Nothing is lost: the consumer opens at its checkpoint and the batches are still there.
        if (this.active)
          this.log.error(error, 'reading stored samples failed; starting again from the checkpoint');
        await this.wait(RETRY_MS);
      }
    }
  }

  private async read(start: BatchPosition): Promise<void> {
    let position = start;
    while (this.active) {
      this.woken = false;
      const batches = await this.samples.readAfter(position, BATCHES_A_READ);
      for (const batch of batches) {
        if (!this.active) return;
        await this.consumer.consume(batch);
        position = batch.position;
      }
      await this.consumer.idle();
      if (batches.length === 0) await this.wait(POLL_MS);
    }
  }

  private async wait(ms: number): Promise<void> {
    if (this.woken && ms === POLL_MS) return;
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
