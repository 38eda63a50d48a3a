import { PointScore } from './detector.types';

const SLOW_RATE = 0.01;
const FAST_RATE = 0.1;
const INTERVAL_RATE = 0.05;
/** Lag behind a steady rise, in points: of the fast mean, and of the slow mean in the end. */
const FAST_LAG = 9;
const SLOW_LAG = 100;

/** Plain and finite, so that it survives JSON. */
export interface SeriesRhythmState {
  seen: number;
  latestMs: number | null;
  intervalSeconds: number;
  slowMean: number;
  fastMean: number;
  meanDistance: number;
  /** 1 above the slow mean, -1 below it, 0 not yet known. */
  side: number;
  turns: number;
}

/**
 * How a series usually moves: its interval, its present drift, and how often it has turned. Turns tell how much a range is worth: two
 * minutes of one-second noise show the whole range, two minutes of a slowly breathing cache show a corner of it.
 */
export class SeriesRhythm {
  private readonly state: SeriesRhythmState;

  constructor(state?: Readonly<SeriesRhythmState>) {
    this.state = state
      ? { ...state }
      : {
          seen: 0,
          latestMs: null,
          intervalSeconds: 0,
          slowMean: 0,
          fastMean: 0,
          meanDistance: 0,
          side: 0,
          turns: 0,
        };
  }

  save(): SeriesRhythmState {
    return { ...this.state };
  }

  get seen(): number {
    return this.state.seen;
  }

  /** Usual interval; 1 while unknown. */
  get intervalSeconds(): number {
    return this.state.intervalSeconds || 1;
  }

  get turns(): number {
    return this.state.turns;
  }

  /** Seconds since the latest point, or -1 when the time is not later than it. */
  secondsSince(timeMs: number): number {
    const { latestMs } = this.state;
    if (latestMs === null) return 0;
    return timeMs > latestMs ? (timeMs - latestMs) / 1000 : -1;
  }

  /** Rise per point, from the two means' different lags behind a steady rise; near 0 for a level series. */
  driftPerPoint(): number {
    const { seen, slowMean, fastMean } = this.state;
    const slowLag = seen < SLOW_LAG ? (seen - 1) / 2 : SLOW_LAG - 50 * Math.exp((SLOW_LAG - seen) / 100);
    return (fastMean - slowMean) / Math.max(10, slowLag - FAST_LAG);
  }

  /** Counts a point and its interval. */
  tick(timeMs: number, sinceSeconds: number): void {
    const { state } = this;
    state.seen += 1;
    state.latestMs = timeMs;
    if (sinceSeconds <= 0) return;
    const usual = state.intervalSeconds;
    state.intervalSeconds =
      usual === 0 ? sinceSeconds : usual + INTERVAL_RATE * (Math.min(sinceSeconds, 3 * usual) - usual);
  }

  /** Learns the value of an ordinary point. */
  learn(x: number): void {
    const { state } = this;
    const n = state.seen;
    if (n === 1) {
      state.slowMean = state.fastMean = x;
      return;
    }
    const distance = x - state.slowMean;
    const half = 0.5 * state.meanDistance;
    const side = distance > half ? 1 : distance < -half ? -1 : 0;
    if (side !== 0 && side !== state.side) {
      if (state.side !== 0) state.turns += 1;
      state.side = side;
    }
    state.meanDistance += Math.max(SLOW_RATE, 1 / (n - 1)) * (Math.abs(distance) - state.meanDistance);
    state.slowMean += Math.max(SLOW_RATE, 1 / n) * distance;
    state.fastMean += Math.max(FAST_RATE, 1 / n) * (x - state.fastMean);
  }

  /** A new level has become the usual one: the way there was no drift. */
  settle(x: number): void {
    this.state.slowMean = this.state.fastMean = x;
  }
}

/** The point's range is known and may be compared with. */
export function hasUsualRange(point: PointScore): boolean {
  return point.usualUpper >= point.usualLower;
}
