import { Injectable, OnModuleInit } from '@nestjs/common';

import { Clock } from '../../common/time/clock';
import { RETENTION } from '../../config/retention-limits';
import { RetentionConfig } from '../../config/sections';
import { batchOf, FROM_THE_FRONT, PurgedBatch, RetentionClasses } from '../../database/retention-classes';
import { dayOf } from './compaction';
import { SampleRepository } from './sample.repository';
import { SeriesRepository } from './series.repository';

const DAY_MS = 86_400_000;

/** How long samples are kept. */
@Injectable()
export class SampleRetentionService implements OnModuleInit {
  constructor(
    private readonly classes: RetentionClasses,
    private readonly samples: SampleRepository,
    private readonly series: SeriesRepository,
    private readonly config: RetentionConfig,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.classes.register({
      name: 'samples',
      holds:
        'Live samples, as received and in chunks; whole days (UTC) go, each with its partition. Imports are kept for good',
      tables: ['sample_batches', 'sample_chunks_live'],
      keep: { ...RETENTION.samples, days: this.config.sampleDays },
      oldest: () => this.oldestDay(),
      purge: () => this.dropDay(),
    });
    this.classes.register({
      name: 'series-deletions',
      holds: 'Word of deleted series, for the processes that remember them; it goes after a day',
      tables: ['series_deletions'],
      keep: null,
      oldest: () => this.series.oldestDeletion(),
      purge: async (limit) => batchOf(await this.series.purgeDeletions(limit), limit),
    });
  }

  private async oldestDay(): Promise<Date | null> {
    const [day] = await this.samples.listDays();
    return day === undefined ? null : new Date(day);
  }

  /** Drops the oldest day, if it ended before the retention; the next batch looks at the next. */
  private async dropDay(): Promise<PurgedBatch> {
    const kept = dayOf(this.clock.now().getTime()) - this.config.sampleDays * DAY_MS;
    const [day] = await this.samples.listDays();
    if (day === undefined || day >= kept) return { deleted: 0, next: null };
    return { deleted: await this.samples.dropDay(day), next: FROM_THE_FRONT };
  }
}
