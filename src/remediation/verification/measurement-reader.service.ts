import { Injectable } from '@nestjs/common';

import { Measurements } from '../../telemetry/measurements.service';
import type { Condition, Watched } from './judgement';
import { combine, type Measurement } from './measurement';
import { usualStepSeconds } from './verification-request';
import type { VerificationTerms } from './verification-terms';

/** What of an anomaly says where it is measured. */
export interface MeasuredAnomaly {
  readonly seriesId: number | null;
  readonly labels: Readonly<Record<string, string>> | null;
  readonly metric: object | null;
}

/** The times between which is measured. */
export interface WatchedSpan {
  readonly beganAtMs: number;
  readonly doneAtMs: number;
  readonly giveUpAtMs: number;
  readonly nowMs: number;
}

/** How far back is looked for how it was before: as long as it has to hold, within these. */
const SHORTEST_BEFORE_MS = 60_000;
const LONGEST_BEFORE_MS = 3_600_000;
/** How long a series has to be beyond its usual range, further than before, to be worse. */
const USUAL_FOR_MS = 30_000;
const USUAL_STEP_MS = 1_000;
const LONG_SPAN_MS = 3_600_000;
const LONG_STEP_MS = 15_000;

/** Reads what was measured around an action. */
@Injectable()
export class MeasurementReader {
  constructor(private readonly measurements: Measurements) {}

  /** What was declared; of the series of the anomaly where nothing else was. Throws what measuring throws. */
  async readTerms(
    { query, sameLabels, op, forSeconds }: VerificationTerms,
    anomaly: MeasuredAnomaly | null,
    span: WatchedSpan,
  ): Promise<Watched> {
    const same = Object.fromEntries(sameLabels.map((name) => [name, anomaly?.labels?.[name] ?? '']));
    const beforeMs = Math.min(LONGEST_BEFORE_MS, Math.max(SHORTEST_BEFORE_MS, forSeconds * 1_000));
    const across = query?.across ?? (op === '<' || op === '<=' ? 'max' : 'min');
    const stepMs = (query?.stepSeconds ?? usualStepSeconds(forSeconds)) * 1_000;
    // Whatever held earlier for its time would have been seen at an earlier look.
    const latestMs = 2 * forSeconds * 1_000 + LONGEST_BEFORE_MS;
    const read = async (fromMs: number, toMs: number): Promise<Measurement> =>
      fromMs >= toMs
        ? { timesMs: [], values: [] }
        : combine(
            await this.measurements.measure({
              ...(query === null
                ? { seriesId: anomaly?.seriesId ?? 0 }
                : { selector: query.selector, labels: same }),
              function: query?.function ?? 'last',
              stepMs,
              fromMs,
              toMs,
            }),
            across,
          );
    return this.around(span, { beforeMs, latestMs }, read);
  }

  /** The series of an anomaly, and the edge of its usual range that it left; empty and null where it has no series. */
  async readAnomaly(
    anomaly: MeasuredAnomaly,
    span: WatchedSpan,
  ): Promise<{ watched: Watched; usual: Condition | null }> {
    const { seriesId } = anomaly;
    const usual = usualOf(anomaly.metric);
    const stepMs = span.giveUpAtMs - span.doneAtMs > LONG_SPAN_MS ? LONG_STEP_MS : USUAL_STEP_MS;
    const read = async (fromMs: number, toMs: number): Promise<Measurement> =>
      seriesId === null || fromMs >= toMs
        ? { timesMs: [], values: [] }
        : combine(
            await this.measurements.measure({ seriesId, function: 'last', stepMs, fromMs, toMs }),
            'max',
          );
    return {
      watched: await this.around(span, { beforeMs: SHORTEST_BEFORE_MS, latestMs: Infinity }, read),
      usual,
    };
  }

  private async around(
    { beganAtMs, doneAtMs, giveUpAtMs, nowMs }: WatchedSpan,
    { beforeMs, latestMs }: { beforeMs: number; latestMs: number },
    read: (fromMs: number, toMs: number) => Promise<Measurement>,
  ): Promise<Watched> {
    const toMs = Math.min(nowMs, giveUpAtMs) + 1;
    return {
      before: await read(beganAtMs - beforeMs, beganAtMs),
      after: await read(Math.max(doneAtMs, toMs - latestMs), toMs),
      doneAtMs,
      giveUpAtMs,
      nowMs,
    };
  }
}

/** The edge of the usual range at which the worst point lies; null where it lies at none. */
function usualOf(metric: object | null): Condition | null {
  const {
    peak_value: peak,
    usual_lower: lower,
    usual_upper: upper,
  } = (metric ?? {}) as Record<string, unknown>;
  if (typeof peak !== 'number') return null;
  if (typeof upper === 'number' && peak > upper) return { op: '<=', threshold: upper, forMs: USUAL_FOR_MS };
  if (typeof lower === 'number' && peak < lower) return { op: '>=', threshold: lower, forMs: USUAL_FOR_MS };
  return null;
}
