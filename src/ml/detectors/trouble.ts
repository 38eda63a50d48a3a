import { scoreOf } from './alarm-rule';
import {
  EpisodeEvidence,
  EpisodeFacts,
  EpisodePeak,
  ScoredPoint,
  ScoredSeries,
  UsualRange,
} from './episode.types';
import { SeriesRhythm } from './series-rhythm';

/** Beyond the range by this fraction of its width counts in full ... */
const MARGIN_FRACTION = 0.5;
/** ... by more where the series has turned seldom, because the range is then hardly known ... */
const FEW_TURNS = 10;
/** ... and never by less than this fraction of the level: nobody is told of one file handle more. */
const LEAST_CHANGE_FRACTION = 0.1;
/** A drift is followed for this many points: beyond them it is no longer the drift of before. */
const DRIFT_POINTS = 100;
const LARGEST_EXCESS = 1e12;
const TOLD_STATISTICS = 3;

/** A series' ongoing trouble, armed or open; plain and finite, so that it survives JSON. */
export interface Trouble {
  onsetMs: number;
  latestEvidenceMs: number;
  usual: UsualRange;
  /** Distance beyond the range that counts in full, and the least that counts at all. */
  margin: number;
  leastChange: number;
  driftPerPoint: number;
  /** Points since it was armed. */
  points: number;
  /** Evidence so far, in points that weigh 1. */
  levelWeight: number;
  peak: EpisodePeak;
  peakExcess: number;
  evidence: EpisodeEvidence;
  because: 'level' | 'surprise';
  /** null while armed only. */
  openedMs: number | null;
  normalPoints: number;
  toldMs: number;
}

/** Arms on a surprising point: remembers the range that the series has kept until then. */
export function arm(
  timeMs: number,
  value: number,
  point: ScoredPoint,
  series: ScoredSeries,
  rhythm: SeriesRhythm,
): Trouble {
  const lower = point.usualLower;
  const upper = point.usualUpper;
  const level = Math.abs(lower / 2 + upper / 2);
  const leastChange = LEAST_CHANGE_FRACTION * level;
  const uncertainty = 1 + FEW_TURNS / Math.max(1, rhythm.turns);
  return {
    onsetMs: timeMs,
    latestEvidenceMs: timeMs,
    usual: { lower, upper },
    margin: Math.max(MARGIN_FRACTION * (upper - lower) * uncertainty, leastChange, 1e-12),
    leastChange,
    driftPerPoint: rhythm.driftPerPoint(),
    points: 0,
    levelWeight: 0,
    peak: { atMs: timeMs, value },
    peakExcess: 0,
    evidence: evidenceOf(timeMs, value, point, series),
    because: 'level',
    openedMs: null,
    normalPoints: 0,
    toldMs: timeMs,
  };
}

/** Distance beyond the usual range in margins; a series that was drifting anyway is judged against its drift, too. */
export function excessOf(trouble: Trouble, value: number): number {
  const drift = trouble.driftPerPoint * Math.min(trouble.points, DRIFT_POINTS);
  const distance = Math.min(
    distanceBeyond(trouble.usual, value),
    distanceBeyond(trouble.usual, value - drift),
  );
  return Math.min(distance / trouble.margin, LARGEST_EXCESS);
}

function distanceBeyond(usual: UsualRange, value: number): number {
  if (value > usual.upper) return value - usual.upper;
  return value < usual.lower ? usual.lower - value : 0;
}

/** What every change of an episode tells. */
export function factsOf(trouble: Trouble, atMs: number, value: number): EpisodeFacts {
  const { onsetMs, usual, peak, evidence } = trouble;
  return { onsetMs, atMs, value, usual, peak, evidence };
}

/** Why a point is surprising, in full. Allocates: for a few points only. */
export function evidenceOf(
  atMs: number,
  value: number,
  point: ScoredPoint,
  series: ScoredSeries,
): EpisodeEvidence {
  const { views, statistics } = series.explain();
  const { expected, lower, upper, confidence, surprise, threshold } = point;
  return {
    atMs,
    value,
    expected,
    lower,
    upper,
    // Inside the refractory period a point has no alarm of its own; the episode it belongs to has one.
    score: scoreOf(surprise, threshold, true),
    confidence,
    surprise,
    threshold,
    views,
    statistics: statistics.slice(0, TOLD_STATISTICS),
  };
}
