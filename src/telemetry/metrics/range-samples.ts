import { SampleBatch } from './batch-codec';
import { SeriesSamples } from './chunk-codec';
import { groupBySeries } from './compaction';
import { mergeSamples } from './downsample';
import { QueryTooWide } from './metrics.errors';

/** The samples of some series in a time range, collected piece by piece in the order in which they were written. */
export class RangeSamples {
  private readonly lists: ReadonlyMap<number, SeriesSamples[]>;
  private readonly wanted: ReadonlySet<number>;
  private count = 0;

  constructor(
    seriesIds: readonly number[],
    private readonly fromMs: number,
    private readonly toMs: number,
    private readonly limit: number,
  ) {
    this.lists = new Map(seriesIds.map((id) => [id, []]));
    this.wanted = new Set(seriesIds);
  }

  /** Adds samples of one series, oldest first. Throws QueryTooWide past the limit. */
  add(seriesId: number, samples: SeriesSamples): void {
    const inside = within(samples, this.fromMs, this.toMs);
    if (inside.timesMs.length === 0) return;
    this.count += inside.timesMs.length;
    if (this.count > this.limit)
      throw new QueryTooWide(
        `the range holds more than ${this.limit} samples of these series; shorten it or narrow the selector`,
      );
    this.lists.get(seriesId)?.push(inside);
  }

  /** Adds what batches hold of the series; each batch is gone through once, however many series are wanted. */
  addBatches(batches: readonly SampleBatch[]): void {
    for (const [id, samples] of groupBySeries(batches, this.wanted)) this.add(id, samples);
  }

  /** One list a series, oldest first; of two samples at the same time the later written. */
  merge(): Map<number, SeriesSamples> {
    return new Map([...this.lists].map(([id, list]) => [id, mergeSamples(list)]));
  }
}

function within({ timesMs, values }: SeriesSamples, fromMs: number, toMs: number): SeriesSamples {
  let start = 0;
  while (start < timesMs.length && timesMs[start] < fromMs) start += 1;
  let end = timesMs.length;
  while (end > start && timesMs[end - 1] >= toMs) end -= 1;
  return { timesMs: timesMs.subarray(start, end), values: values.subarray(start, end) };
}
