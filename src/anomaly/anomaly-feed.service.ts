import { Injectable, OnApplicationBootstrap } from '@nestjs/common';

import { ServerConfig } from '../config/sections';
import { Database } from '../database/database';
import { FeedReaders } from '../database/feed-readers';
import { Leadership } from '../database/leadership';
import { Log } from '../observability/log';
import type { AnomalyConsumer } from './anomaly-consumer.port';
import { AnomalyCursorRepository } from './anomaly-cursor.repository';
import { AnomalyHistoryRepository } from './anomaly-history.repository';

const LINES_A_READ = 100;

/** Hands every anomaly that opens or comes back to each consumer, in commit order, in one process at a time, once. */
@Injectable()
export class AnomalyFeed implements OnApplicationBootstrap {
  private readonly readers: FeedReaders;

  constructor(
    private readonly history: AnomalyHistoryRepository,
    private readonly cursors: AnomalyCursorRepository,
    private readonly database: Database,
    private readonly server: ServerConfig,
    leadership: Leadership,
    log: Log,
  ) {
    this.readers = new FeedReaders('anomaly-feed', leadership, log);
  }

  /** From now on, or from the start of the application on, where this process may read. */
  register(consumer: AnomalyConsumer): void {
    const { reader } = consumer;
    this.readers.add(reader, {
      title: 'handing over anomalies',
      open: () => this.cursors.open(reader),
      isBehind: () => this.cursors.isBehind(reader),
      handOver: () => this.handOver(consumer),
    });
  }

  onApplicationBootstrap(): void {
    if (this.server.role !== 'api') this.readers.start();
  }

  private handOver(consumer: AnomalyConsumer): Promise<void> {
    return this.database.run(async () => {
      const lines = await this.history.listAfter(await this.cursors.lock(consumer.reader), LINES_A_READ);
      const last = lines.at(-1);
      if (last === undefined) return;
      const opened = lines.filter(({ event }) => event === 'opened' || event === 'reopened');
      if (opened.length > 0) await consumer.consume([...new Set(opened.map(({ anomalyId }) => anomalyId))]);
      await this.cursors.advance(consumer.reader, last);
    });
  }
}
