/** How willingly a detector alarms: `quiet` asks 2.3 decades of surprise, `normal` 2.0, `sensitive` 1.8. */
export type DetectorPreset = 'quiet' | 'normal' | 'sensitive';

/** `full`: the conformal detector; `light`: EWMA and CUSUM, for series beyond the full tier's budget. */
export type DetectorTier = 'full' | 'light';

export interface DetectorSettings {
  readonly preset: DetectorPreset;
  /** Averages over a window speak only once the window is full: finds a slow level shift sooner, guesses more elsewhere. */
  readonly strictWindows: boolean;
}

export const DEFAULT_SETTINGS: DetectorSettings = { preset: 'normal', strictWindows: false };

/** Decades of surprise at which each preset decides, before habituation. */
export const DECISION_SURPRISE = { quiet: 2.3, normal: 2.0, sensitive: 1.8 } satisfies Record<
  DetectorPreset,
  number
>;

/** One point's verdict. There is one such object per detector, rewritten at every point: read it before the next. */
export interface PointScore {
  /** 0..1; 0.5 is the decision level, so only an alarm stands at or above it. */
  score: number;
  alarm: boolean;
  /** S: decades of rarity against the series' own past; 2 means about one point in a hundred on all views at once. */
  surprise: number;
  /** The surprise that an alarm asked for at this point: the preset's level plus habituation. */
  threshold: number;
  /** Forecast made before the value was seen, with the bounds that 99.9 % of ordinary values keep; NaN while unknown. */
  expected: number;
  lower: number;
  upper: number;
  /** The range in which the series has moved over the last hundred points or so; NaN while unknown. */
  usualLower: number;
  usualUpper: number;
  /** 0..1: one minus the share of this series' past points that were at least as surprising, scaled by readiness. */
  confidence: number;
  /** The value lies beyond a known bound. */
  outside: boolean;
}

export interface DetectorReadiness {
  readonly ready: boolean;
  /** Finite values seen, and how many the tier needs before it may alarm. */
  readonly have: number;
  readonly need: number;
  readonly reason: string;
  readonly tier: DetectorTier;
}

export type ViewName = 'forecast' | 'volatility' | 'prototype';

export interface StatisticEvidence {
  readonly name: string;
  readonly view: ViewName;
  readonly value: number;
  /** Decades. */
  readonly surprise: number;
}

/** Why the latest point scored as it did. */
export interface DetectorExplanation {
  readonly tier: DetectorTier;
  readonly score: number;
  readonly surprise: number;
  readonly threshold: number;
  readonly alarm: boolean;
  /** Each view's share; the surprise is the largest of them. */
  readonly views: Readonly<Record<ViewName, number>>;
  /** Most surprising first. */
  readonly statistics: readonly StatisticEvidence[];
  /** What made the threshold differ from the preset's level. */
  readonly habituation: number;
  /** Points that must pass before the next alarm, unless it is three times as surprising. */
  readonly refractoryPoints: number;
  /** Usual interval between points, null while unknown. */
  readonly intervalSeconds: number | null;
}

/** Everything that a detector has learnt, as plain versioned data. */
export interface DetectorState {
  readonly version: 1;
  readonly tier: DetectorTier;
  readonly settings: DetectorSettings;
  /** The tier's numbers, little-endian, in its own layout. */
  readonly numbers: Uint8Array;
}
