import { Injectable, OnApplicationBootstrap } from '@nestjs/common';

import { ServerConfig } from '../../config/sections';
import { Database } from '../../database/database';
import { FeedReaders } from '../../database/feed-readers';
import { Leadership } from '../../database/leadership';
import { Log } from '../../observability/log';
import type { AlertConsumer } from '../alert-consumer.port';
import { AlertChangeRepository } from './alert-change.repository';

const CHANGES_A_READ = 100;

/** Hands every change of an alert to each consumer, in commit order, in one process at a time, once. */
@Injectable()
export class AlertFeed implements OnApplicationBootstrap {
  private readonly readers: FeedReaders;

  constructor(
    private readonly changes: AlertChangeRepository,
    private readonly database: Database,
    private readonly server: ServerConfig,
    leadership: Leadership,
    log: Log,
  ) {
    this.readers = new FeedReaders('alert-feed', leadership, log);
  }

  /** From now on, or from the start of the application on, where this process may read. */
  register(consumer: AlertConsumer): void {
    const { reader } = consumer;
    this.readers.add(reader, {
      title: 'handing over changes of alerts',
      open: () => this.changes.openCursor(reader),
      isBehind: () => this.changes.isBehind(reader),
      handOver: () => this.handOver(consumer),
    });
  }

  /** Tells the readers of this process that alerts were just stored; another process finds changes by its poll. */
  wake(): void {
    this.readers.wake();
  }

  onApplicationBootstrap(): void {
    if (this.server.role !== 'api') this.readers.start();
  }

  private handOver(consumer: AlertConsumer): Promise<void> {
    return this.database.run(async () => {
      const place = await this.changes.lockCursor(consumer.reader);
      const changes = await this.changes.readAfter(place, CHANGES_A_READ);
      const last = changes.at(-1);
      if (last === undefined) return;
      await consumer.consume(changes);
      await this.changes.advance(consumer.reader, last.position);
    });
  }
}
