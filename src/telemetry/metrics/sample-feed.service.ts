import { hostname } from 'node:os';

import { Injectable, OnApplicationBootstrap } from '@nestjs/common';

import { ServerConfig } from '../../config/sections';
import { Database } from '../../database/database';
import { Leadership } from '../../database/leadership';
import { Log } from '../../observability/log';
import { SampleConsumer } from '../sample-consumer.port';
import { SeriesGroupPlace, SeriesGroupView } from '../telemetry.types';
import { CompactionService } from './compaction.service';
import { SampleRepository } from './sample.repository';
import { SampleCursorRepository } from './sample-cursor.repository';
import { SampleReader } from './sample-reader.service';

/**
 * Hands every stored batch to each consumer, in commit order, once for each group of series: the groups are shared among all processes that
 * read. It reads the table and not the requests, so that what was stored before a crash is handed over after it by the very same way.
 */
@Injectable()
export class SampleFeed implements OnApplicationBootstrap {
  private readonly readers: SampleReader[] = [];

  constructor(
    private readonly samples: SampleRepository,
    private readonly cursors: SampleCursorRepository,
    private readonly compaction: CompactionService,
    private readonly leadership: Leadership,
    private readonly database: Database,
    private readonly server: ServerConfig,
    private readonly log: Log,
  ) {}

  register(consumer: SampleConsumer): void {
    const { samples, cursors, compaction, log } = this;
    const holder = `${hostname()}:${process.pid}`;
    this.readers.push(new SampleReader(consumer, { samples, cursors, compaction, log, holder }));
  }

  /** Tells the readers of this process that a batch was just committed; another process finds it by its poll. */
  wake(): void {
    for (const reader of this.readers) reader.wake();
  }

  /** Records, in the consumer's own transaction, how far groups have come. Throws GroupLost. */
  async advance(reader: string, places: readonly SeriesGroupPlace[]): Promise<void> {
    await this.cursors.advance(reader, places);
    this.database.afterCommit(() => this.compaction.startWhenMuchWaits());
  }

  countGroups(reader: string): Promise<number> {
    return this.cursors.countGroups(reader);
  }

  /** Every group of a consumer, with the process that holds it. */
  async listGroups(reader: string): Promise<SeriesGroupView[]> {
    const groups = await this.cursors.list(reader);
    const held = new Set(await this.leadership.listHeld(officeOf(reader), groups.length));
    // Who died could not say that it let go.
    return groups.map((group) =>
      held.has(group.group) ? group : { ...group, heldBy: null, heldSince: null },
    );
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.server.role === 'api') return;
    for (const reader of this.readers)
      this.leadership.share(officeOf(reader.name), await this.cursors.countGroups(reader.name), reader);
  }
}

function officeOf(reader: string): string {
  return `sample-feed.${reader}`;
}
