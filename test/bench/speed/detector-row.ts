import { DEFAULT_SETTINGS } from '../../../src/ml/detectors/detector.types';
import { Noise } from '../../../src/ml/detectors/fixtures/noise';
import { LightDetector } from '../../../src/ml/detectors/light-detector';
import { Row } from './bench-result';
import { judge, spread } from './verdict';

const SERIES = 5_000;
const ROUNDS = 7;
const POINTS_A_ROUND = 200;
const LEARNING_POINTS = 150;
const STEP_MS = 10_000;

const MICROSECONDS = { kind: 'at most', ratio: 0.5 } as const;
const BYTES = { kind: 'at most', ratio: 100 } as const;

/** Row 7: what the light tier needs of a processor and keeps of a series; absolute, and in this process. */
export function measureDetector(): Row[] {
  const values = Float64Array.from(new Noise(1).normals(SERIES + POINTS_A_ROUND, 100, 5));
  const detectors = Array.from({ length: SERIES }, () => new LightDetector(DEFAULT_SETTINGS));
  let timeMs = 0;
  let kept = 0;
  const score = (points: number): void => {
    for (let point = 0; point < points; point++, timeMs += STEP_MS)
      for (let series = 0; series < SERIES; series++)
        kept += detectors[series].score(timeMs, values[series + point]).score;
  };
  score(LEARNING_POINTS);
  const micros = spread(
    Array.from({ length: ROUNDS }, () => {
      const before = process.threadCpuUsage();
      score(POINTS_A_ROUND);
      const { user, system } = process.threadCpuUsage(before);
      return (user + system) / (SERIES * POINTS_A_ROUND);
    }),
  );
  const bytes = spread([detectors[0].save().numbers.byteLength]);
  const faults = Number.isFinite(kept) ? [] : ['a score is not a number'];
  const row = (id: string, title: string, goal: Row['goal'] & object, ratio: typeof micros): Row => ({
    id,
    title,
    goal,
    verdict: faults.length > 0 ? 'wrong' : judge(goal, ratio, []),
    remarks: faults,
    ratio,
  });
  return [
    row('7 time', 'light detector, microseconds of a processor a point', MICROSECONDS, micros),
    row('7 state', 'light detector, bytes of state a series', BYTES, bytes),
  ];
}
