import { PointScore, StatisticEvidence, ViewName } from './detector.types';

/** The most surprising point of an episode so far, and why it was. */
export interface EpisodeEvidence {
  readonly atMs: number;
  readonly value: number;
  readonly expected: number;
  readonly lower: number;
  readonly upper: number;
  /** 0.5..1: the point's surprise as a score; the episode's severity comes from it. */
  readonly score: number;
  readonly confidence: number;
  readonly surprise: number;
  readonly threshold: number;
  readonly views: Readonly<Record<ViewName, number>>;
  /** The three most surprising. */
  readonly statistics: readonly StatisticEvidence[];
}

/** The value farthest beyond the usual range. */
export interface EpisodePeak {
  readonly atMs: number;
  readonly value: number;
}

/** The range that the series kept before the episode, against which it is judged until it ends. */
export interface UsualRange {
  readonly lower: number;
  readonly upper: number;
}

/** What every change of an episode tells. */
export interface EpisodeFacts {
  /** First abnormal point. */
  readonly onsetMs: number;
  /** The point that brought this change about. */
  readonly atMs: number;
  readonly value: number;
  readonly usual: UsualRange;
  readonly peak: EpisodePeak;
  readonly evidence: EpisodeEvidence;
}

export interface EpisodeOpened extends EpisodeFacts {
  readonly kind: 'opened';
  /** What convinced: values beyond the usual range, or surprise alone (a shape, a volatility, a lone coarse point). */
  readonly because: 'level' | 'surprise';
}

export interface EpisodeExtended extends EpisodeFacts {
  readonly kind: 'extended';
}

export interface EpisodeEnded extends EpisodeFacts {
  readonly kind: 'ended';
  readonly lastAbnormalMs: number;
  /** `recovered`: back in the usual range; `new_normal`: still beyond it, for so long that it has become usual. */
  readonly outcome: 'recovered' | 'new_normal';
}

export type EpisodeChange = EpisodeOpened | EpisodeExtended | EpisodeEnded;

/** What an episode needs from a scored point and its detector. */
export interface ScoredSeries {
  explain(): {
    readonly views: Readonly<Record<ViewName, number>>;
    readonly statistics: readonly StatisticEvidence[];
  };
}

export type ScoredPoint = Readonly<PointScore>;
