import { Injectable, OnModuleInit } from '@nestjs/common';

import { Database } from '../../database/database';
import { JobsService } from '../../jobs/jobs.service';
import { SampleClass, StoredBatch } from '../telemetry.types';
import { cutChunks, dayOf, groupBySeries } from './compaction';
import { mergeSamples } from './downsample';
import { Chunk, SampleRepository } from './sample.repository';

/** Batches a transaction takes; each is at most some ten thousand samples. */
const BATCHES_A_ROUND = 200;

/** Turns batch rows into chunks in the background. */
@Injectable()
export class CompactionService implements OnModuleInit {
  constructor(
    private readonly samples: SampleRepository,
    private readonly database: Database,
    private readonly jobs: JobsService,
  ) {}

  onModuleInit(): void {
    this.jobs.register('telemetry.compact', () => this.compactAll(), { cron: '* * * * *', retries: 0 });
  }

  /** Compacts every batch that all readers have passed. */
  async compactAll(): Promise<void> {
    while ((await this.compactOnce()) === BATCHES_A_ROUND);
  }

  /** One round in one transaction: a crash leaves either the batches or the chunks. Returns how many batches went. */
  compactOnce(): Promise<number> {
    return this.database.run(async () => {
      const batches = await this.samples.takeRead(BATCHES_A_ROUND);
      for (const [sampleClass, members] of Map.groupBy(batches, (batch) => batch.class))
        await this.store(sampleClass, members);
      return batches.length;
    });
  }

  private async store(sampleClass: SampleClass, batches: readonly StoredBatch[]): Promise<void> {
    const fresh = groupBySeries(batches);
    const stored = Map.groupBy(
      await this.samples.takeOverlapping(sampleClass, fresh),
      ({ seriesId }) => seriesId,
    );
    const chunks: Chunk[] = [];
    for (const [seriesId, samples] of fresh) {
      // What was stored before comes first: the newer sample wins.
      const merged = mergeSamples([...(stored.get(seriesId) ?? []).map((chunk) => chunk.samples), samples]);
      for (const cut of cutChunks(merged)) chunks.push({ seriesId, samples: cut });
    }
    if (sampleClass === 'live') {
      for (const day of new Set(chunks.map(({ samples }) => dayOf(samples.timesMs[0]))))
        await this.samples.ensureDay(day);
    }
    await this.samples.insertChunks(sampleClass, chunks);
  }
}
