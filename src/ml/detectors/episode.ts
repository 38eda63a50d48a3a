import { EpisodeChange, ScoredPoint, ScoredSeries } from './episode.types';
import { hasUsualRange, SeriesRhythm, SeriesRhythmState } from './series-rhythm';
import { arm, evidenceOf, excessOf, factsOf, Trouble } from './trouble';

/** Values before an episode may open: the detectors' own warm-up. */
const FIRST_EPISODE_AFTER = 120;

/** Evidence that opens an episode: so many seconds beyond the usual range, each point weighing for its interval. */
const PERSISTENCE_SECONDS = 48;
/** Far beyond the range a point weighs this much at most, so the least delay is 30 seconds: shorter bursts are everyday life. */
const LARGEST_WEIGHT = 1.6;
/** Just beyond the range a point weighs this little. */
const LEAST_WEIGHT = 0.3;
/** A point that stands for this long may open an episode alone; below it at least two must agree. */
const LONE_POINT_SECONDS = 120;
const AGREEING_WEIGHT = 2.6;
/** A lone coarse point convinces by surprise, too, when it is this many times the alarm threshold. */
const LONE_SURPRISE = 1.5;
/** A point inside the usual range takes back this share of the evidence, and half a point. */
const DOUBT_FRACTION = 0.03;
const DOUBT_STEP = 0.5;

/** Being just beyond the range is evidence only once the range has been walked through this often. */
const KNOWN_RANGE_TURNS = 8;

/** An arming without further evidence is forgotten after this long. */
const ARMING_SECONDS = 30;
const ARMING_POINTS = 3;
/** While open, a quarter of the opening margin (of the peak, where that is less) still counts as abnormal. */
const STILL_ABNORMAL = 0.25;
/** Beyond the range for this long is the new normal. */
const NEW_NORMAL_SECONDS = 1_800;
const NEW_NORMAL_POINTS = 36;

/**
 * How long a series must be normal before its episode ends: 30 intervals within 1..30 minutes, and three points in any case.
 * Units   Seconds.
 * @example resolveSeconds(1) // 60
 * @example resolveSeconds(300) // 1800
 */
export function resolveSeconds(intervalSeconds: number): number {
  return Math.max(3 * intervalSeconds, Math.min(1_800, Math.max(60, 30 * intervalSeconds)));
}

/**
 * How soon after its end a new episode of the series is the old trouble come back: five resolve times.
 * @example reopenSeconds(1) // 300
 */
export function reopenSeconds(intervalSeconds: number): number {
  return 5 * resolveSeconds(intervalSeconds);
}

/**
 * How long a series may stay beyond its usual range before that is its new normal: 36 intervals, half an hour at least.
 * The detector itself adapts within tens to hundreds of points; people should not be told of a recovery that soon.
 * @example newNormalSeconds(300) // 10800
 */
export function newNormalSeconds(intervalSeconds: number): number {
  return Math.max(NEW_NORMAL_SECONDS, NEW_NORMAL_POINTS * intervalSeconds);
}

/** Plain and finite, so that it survives JSON. */
export interface EpisodeState {
  readonly rhythm: SeriesRhythmState;
  readonly trouble: Readonly<Trouble> | null;
}

/**
 * Turns one series' scored points into at most one ongoing episode: this decides whether a person is told.
 *
 * A detector's alarm is a rare point, and rare points happen every day. So a surprising point only arms: the range that the series
 * has kept until then is remembered, and an episode opens when values stay beyond it (48 seconds' worth, counted up to 1.6-fold, so
 * 30 seconds for a grave fault; one point where points are minutes apart) or, with coarse points, when surprise alone convinces.
 * It is extended while values stay beyond the remembered range or surprise, and ends after the resolve time, or once the new level
 * has lasted for so long that it is the new normal. Everything runs on the samples' own time.
 */
export class Episode {
  private readonly rhythm: SeriesRhythm;
  private trouble: Trouble | null;

  constructor(state?: EpisodeState) {
    this.rhythm = new SeriesRhythm(state?.rhythm);
    this.trouble = state?.trouble ? structuredClone(state.trouble) : null;
  }

  save(): EpisodeState {
    return { rhythm: this.rhythm.save(), trouble: structuredClone(this.trouble) };
  }

  get isOpen(): boolean {
    return this.trouble !== null && this.trouble.openedMs !== null;
  }

  /** Usual interval between points, in seconds; 1 while unknown. */
  get intervalSeconds(): number {
    return this.rhythm.intervalSeconds;
  }

  /**
   * Takes in one scored point, in time order.
   * Gaps    A missing value says nothing, and neither does a time that is not later than the latest one.
   */
  observe(timeMs: number, value: number, point: ScoredPoint, series: ScoredSeries): EpisodeChange | null {
    const since = this.rhythm.secondsSince(timeMs);
    if (!Number.isFinite(value) || since < 0) return null;
    const surprising = point.surprise >= point.threshold && this.rhythm.seen >= FIRST_EPISODE_AFTER;
    if (this.trouble !== null && this.trouble.openedMs === null) this.forgetOldArming(timeMs);
    if (this.trouble === null && surprising && hasUsualRange(point)) {
      this.trouble = arm(timeMs, value, point, series, this.rhythm);
    }
    this.rhythm.tick(timeMs, since);
    const change = this.trouble === null ? null : this.judge(this.trouble, timeMs, value, point, series);
    if (!this.isOpen && change === null) this.rhythm.learn(value);
    return change;
  }

  private forgetOldArming(timeMs: number): void {
    const trouble = this.trouble;
    if (trouble === null) return;
    const patience = Math.max(ARMING_SECONDS, ARMING_POINTS * this.rhythm.intervalSeconds);
    const silentSeconds = (timeMs - trouble.latestEvidenceMs) / 1000;
    // Evidence at hand buys one more patience; a longer silence says that the points have stopped, so nothing persists.
    if (silentSeconds > patience && (trouble.levelWeight <= DOUBT_STEP || silentSeconds > 2 * patience)) {
      this.trouble = null;
    }
  }

  private judge(
    trouble: Trouble,
    timeMs: number,
    value: number,
    point: ScoredPoint,
    series: ScoredSeries,
  ): EpisodeChange | null {
    const surprising = point.surprise >= point.threshold;
    const excess = excessOf(trouble, value);
    trouble.points += 1;
    const rarer = surprising && point.surprise > trouble.evidence.surprise;
    if (rarer) trouble.evidence = evidenceOf(timeMs, value, point, series);
    const farther = excess > 1.25 * trouble.peakExcess;
    if (excess > trouble.peakExcess) {
      trouble.peakExcess = excess;
      trouble.peak = { atMs: timeMs, value };
    }
    if (trouble.openedMs === null) return this.weigh(trouble, timeMs, value, point, excess, surprising);
    return this.follow(trouble, timeMs, value, excess, surprising, rarer || farther);
  }

  /** Armed: does the evidence suffice? */
  private weigh(
    trouble: Trouble,
    timeMs: number,
    value: number,
    point: ScoredPoint,
    excess: number,
    surprising: boolean,
  ): EpisodeChange | null {
    const interval = this.rhythm.intervalSeconds;
    const coarse = interval >= LONE_POINT_SECONDS;
    const rangeIsKnown = this.rhythm.turns >= KNOWN_RANGE_TURNS;
    const counts =
      excess >= 1 || (rangeIsKnown && excess > 0 && excess * trouble.margin > trouble.leastChange);
    if (counts) {
      const weight =
        excess >= 1 ? Math.min(excess, LARGEST_WEIGHT) : LEAST_WEIGHT + (1 - LEAST_WEIGHT) * excess;
      trouble.levelWeight += weight;
    } else {
      trouble.levelWeight = Math.max(0, (1 - DOUBT_FRACTION) * trouble.levelWeight - DOUBT_STEP);
    }
    if (counts || surprising) trouble.latestEvidenceMs = timeMs;

    const needed = coarse ? 1 : Math.max(AGREEING_WEIGHT, PERSISTENCE_SECONDS / interval);
    const byLevel = trouble.levelWeight >= needed;
    const bySurprise = coarse && point.surprise >= LONE_SURPRISE * point.threshold;
    if (!byLevel && !bySurprise) return null;
    trouble.because = byLevel ? 'level' : 'surprise';
    trouble.openedMs = timeMs;
    trouble.latestEvidenceMs = timeMs;
    trouble.toldMs = timeMs;
    return { kind: 'opened', because: trouble.because, ...factsOf(trouble, timeMs, value) };
  }

  /** Open: does it go on? */
  private follow(
    trouble: Trouble,
    timeMs: number,
    value: number,
    excess: number,
    surprising: boolean,
    worse: boolean,
  ): EpisodeChange | null {
    const interval = this.rhythm.intervalSeconds;
    const openSeconds = (timeMs - (trouble.openedMs ?? timeMs)) / 1000;
    const beyond = excess > 0 && excess >= STILL_ABNORMAL * Math.min(1, trouble.peakExcess);
    const adapted = openSeconds > newNormalSeconds(interval);
    // Coming back from a far level is surprising, too; it must not prolong what it ends.
    const stillSurprising = surprising && (beyond || trouble.because === 'surprise');
    if (stillSurprising || (beyond && !adapted)) {
      trouble.latestEvidenceMs = timeMs;
      trouble.normalPoints = 0;
      // Told at once when it gets worse, otherwise every half resolve time: enough to show that it goes on.
      const silentSeconds = (timeMs - trouble.toldMs) / 1000;
      if (!worse && silentSeconds < resolveSeconds(interval) / 2) return null;
      trouble.toldMs = timeMs;
      return { kind: 'extended', ...factsOf(trouble, timeMs, value) };
    }
    trouble.normalPoints += 1;
    const normalSeconds = (timeMs - trouble.latestEvidenceMs) / 1000;
    if (normalSeconds < resolveSeconds(interval) || trouble.normalPoints < 3) return null;
    this.trouble = null;
    this.rhythm.settle(value);
    return {
      kind: 'ended',
      lastAbnormalMs: trouble.latestEvidenceMs,
      outcome: beyond ? 'new_normal' : 'recovered',
      ...factsOf(trouble, timeMs, value),
    };
  }
}
