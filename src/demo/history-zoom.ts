import { Bucket } from './product-answers';
import { Span } from './sparkline';

const YEAR_1970_MS = 0;
const YEAR_2100_MS = Date.UTC(2100, 0, 1);
/** Below the product's limit of buckets an answer. */
const BUCKETS = 10_000;
const LARGEST_STEP_SECONDS = 31 * 86_400;

/** Asks for the buckets of [fromMs, toMs), `stepSeconds` wide; those without a sample are left out. */
export type ReadBuckets = (fromMs: number, toMs: number, stepSeconds: number) => Promise<readonly Bucket[]>;

/**
 * A series' whole history in some thousand buckets, without knowing beforehand when it was: looked at from afar first, then closer.
 * Shape   Returns spans oldest first, none where the series has no sample.
 */
export async function readHistory(read: ReadBuckets): Promise<Span[]> {
  let fromMs = YEAR_1970_MS;
  let toMs = YEAR_2100_MS;
  for (;;) {
    const wanted = Math.ceil((toMs - fromMs) / 1_000 / BUCKETS);
    const stepSeconds = Math.min(LARGEST_STEP_SECONDS, Math.max(1, wanted));
    const stepMs = 1_000 * stepSeconds;
    const spans = (await read(fromMs, toMs, stepSeconds)).map(({ time, min, max }) => {
      const startMs = Date.parse(time);
      return { startMs, endMs: startMs + stepMs, min, max };
    });
    if (spans.length === 0) return [];
    const first = spans[0].startMs;
    const last = spans[spans.length - 1].endMs;
    // Little is gained by another look once the range is nearly as narrow as the data.
    if (stepSeconds === 1 || last - first > (toMs - fromMs) / 2) return spans;
    fromMs = first;
    toMs = last;
  }
}
