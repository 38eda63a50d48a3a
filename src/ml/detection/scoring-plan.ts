import type { DetectorTier } from '../detectors/detector.types';

/** What the plan needs to know of a series. */
export interface PlannedSeries {
  readonly name: string;
  readonly type: string;
  readonly behaviour: 'gauge' | 'counter' | 'untyped';
}

/** How a series is scored: by which tier, and whether its rate is watched instead of its value. */
export interface ScoringPlan {
  readonly tier: DetectorTier;
  readonly counter: boolean;
}

/**
 * How a series is to be scored, or null where it is only stored: buckets of histograms and info series say nothing by themselves.
 * @example planScoring({ name: 'requests_total', type: 'counter', behaviour: 'counter' }, 'full') // { tier: 'full', counter: true }
 */
export function planScoring(
  { name, type, behaviour }: PlannedSeries,
  tier: DetectorTier,
): ScoringPlan | null {
  if (type === 'info' || name.endsWith('_info') || name.endsWith('_bucket')) return null;
  const counter = behaviour === 'counter' || (behaviour === 'untyped' && name.endsWith('_total'));
  return { tier, counter };
}
