import { DetectorSettings } from '../../src/ml/detectors/detector.types';
import { Noise } from '../../src/ml/detectors/fixtures/noise';
import { LightDetectorPool } from '../../src/ml/detectors/light-detector';
import { SeriesDetector } from '../../src/ml/detectors/series-detector';

export interface Throughput {
  readonly label: string;
  readonly pointsPerSecond: number;
}

const SERIES = 5_000;
/** Enough for every part of the detector to speak, prototypes included. */
const LEARNING_POINTS = 200;
const INTERLEAVED_POINTS = 60;
const BATCH_POINTS = 60;
const STEP_MS = 10_000;

/**
 * Points per second over 5,000 series: each in turn (as a scrape delivers them), in batches by series (as a backfill does), and
 * beside them, in the same run, the light tier and a bare EWMA + CUSUM loop.
 */
export function measureThroughput(settings: DetectorSettings): Throughput[] {
  const values = Float64Array.from(
    new Noise(1).normals(SERIES + LEARNING_POINTS + INTERLEAVED_POINTS + BATCH_POINTS, 100, 5),
  );
  const detectors = Array.from({ length: SERIES }, () => new SeriesDetector(settings));
  let time = 0;
  let kept = 0;
  for (let s = 0; s < SERIES; s++) {
    for (let p = 0; p < LEARNING_POINTS; p++) kept += detectors[s].score(p * STEP_MS, values[s + p]).score;
  }
  time += LEARNING_POINTS * STEP_MS;

  const interleaved = perSecond(SERIES * INTERLEAVED_POINTS, () => {
    for (let p = 0; p < INTERLEAVED_POINTS; p++) {
      for (let s = 0; s < SERIES; s++) kept += detectors[s].score(time + p * STEP_MS, values[s + p]).score;
    }
  });
  time += INTERLEAVED_POINTS * STEP_MS;
  const batches = perSecond(SERIES * BATCH_POINTS, () => {
    for (let s = 0; s < SERIES; s++) {
      for (let p = 0; p < BATCH_POINTS; p++)
        kept += detectors[s].score(time + p * STEP_MS, values[s + p]).score;
    }
  });

  const rounds = 400;
  const pool = new LightDetectorPool(SERIES, settings.preset);
  const light = perSecond(SERIES * rounds, () => {
    for (let p = 0; p < rounds; p++) {
      for (let s = 0; s < SERIES; s++) kept += pool.score(s, p * STEP_MS, values[s + (p % 256)]).score;
    }
  });
  const bare = perSecond(SERIES * rounds, () => {
    kept += ewmaCusumLoop(values, rounds);
  });
  if (!Number.isFinite(kept)) throw new Error('a detector gave a score that is not a number');
  return [
    { label: 'full tier, 5,000 series interleaved', pointsPerSecond: interleaved },
    { label: `full tier, 5,000 series in batches of ${BATCH_POINTS}`, pointsPerSecond: batches },
    { label: 'light tier, 5,000 series interleaved', pointsPerSecond: light },
    { label: 'bare EWMA + CUSUM loop, 5,000 series', pointsPerSecond: bare },
  ];
}

/** The least that a streaming detector can do; for comparison only. */
function ewmaCusumLoop(values: Float64Array, rounds: number): number {
  const mean = new Float64Array(SERIES);
  const variance = new Float64Array(SERIES).fill(1);
  const up = new Float64Array(SERIES);
  const down = new Float64Array(SERIES);
  let alarms = 0;
  for (let p = 0; p < rounds; p++) {
    for (let s = 0; s < SERIES; s++) {
      const x = values[s + (p % 256)];
      const z = (x - mean[s]) / Math.sqrt(variance[s] + 1e-12);
      up[s] = Math.max(0, up[s] + z - 0.5);
      down[s] = Math.max(0, down[s] - z - 0.5);
      if (up[s] > 12 || down[s] > 12) {
        alarms++;
        up[s] = down[s] = 0;
      }
      const d = x - mean[s];
      mean[s] += 0.02 * d;
      variance[s] += 0.02 * (d * d - variance[s]);
    }
  }
  return alarms;
}

function perSecond(points: number, run: () => void): number {
  const start = process.hrtime.bigint();
  run();
  return points / (Number(process.hrtime.bigint() - start) / 1e9);
}
