import { Injectable, OnModuleInit } from '@nestjs/common';

import { Database } from '../../database/database';
import { JobsService } from '../../jobs/jobs.service';
import { Log } from '../../observability/log';
import { SampleClass, StoredBatch } from '../telemetry.types';
import { cutChunks, dayOf, groupBySeries } from './compaction';
import { mergeSamples } from './downsample';
import { Chunk, SampleRepository } from './sample.repository';

/** Batches a transaction takes; each is at most some ten thousand samples. */
const BATCHES_A_ROUND = 200;

const JOB = 'telemetry.compact';
/** Samples read since the last time that are worth a compaction of their own: those of half a minute at a thousand a second. */
const MANY_SAMPLES = 30_000;

/** Turns batch rows into chunks in the background: every minute, and sooner where much waits. */
@Injectable()
export class CompactionService implements OnModuleInit {
  private samplesRead = 0;

  constructor(
    private readonly samples: SampleRepository,
    private readonly database: Database,
    private readonly jobs: JobsService,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.jobs.register(JOB, () => this.compactAll(), { cron: '* * * * *', retries: 0, isSingle: true });
  }

  /** Counts samples that were read in this process, and may be compacted once their readers' places are saved. */
  noteRead(samples: number): void {
    this.samplesRead += samples;
  }

  /** To be called when a reader's place was saved: has a compaction begin where many samples were read since the last time. */
  startWhenMuchWaits(): void {
    if (this.samplesRead < MANY_SAMPLES) return;
    this.samplesRead = 0;
    this.jobs
      .enqueue(JOB, {})
      .catch((error: Error) => this.log.warn({ reason: error.message }, 'compaction waits for its minute'));
  }

  /** Compacts every batch that all readers have passed. */
  async compactAll(): Promise<void> {
    while ((await this.compactOnce()) === BATCHES_A_ROUND);
  }

  /** One round in one transaction: a crash leaves either the batches or the chunks. Returns how many batches went. */
  compactOnce(): Promise<number> {
    return this.database.run(async () => {
      await this.samples.lockCompaction();
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
