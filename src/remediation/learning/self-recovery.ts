import type { AnomalyCourse } from '../../anomaly/anomaly.types';
import { type EndEstimate, endWithin, type Lasted, type Survival } from './survival';

/** Of fewer nothing is said: a share of four is anything. */
export const MIN_AT_RISK = 5;

/**
 * For how long an anomaly was seen to go on with nobody doing anything about it: to its own recovery, or only until something was first done about
 * it, somebody closed or deleted it, it was no longer seen, or now. Null where something had been done before it last opened.
 */
export function leftAlone({ openedAt, until, how }: AnomalyCourse, firstClaimAt: Date | null): Lasted | null {
  const openedMs = openedAt.getTime();
  const claimedMs = firstClaimAt?.getTime() ?? Infinity;
  if (claimedMs < openedMs) return null;
  const untilMs = Math.max(openedMs, until.getTime());
  return claimedMs < untilMs
    ? { seconds: (claimedMs - openedMs) / 1_000, hasEnded: false }
    : { seconds: (untilMs - openedMs) / 1_000, hasEnded: how === 'recovered' };
}

/** How likely trouble of an age goes by itself within a time; null where too little was seen at that age. */
export function selfRecoveryOf(
  survival: Survival,
  ageSeconds: number,
  horizonSeconds: number,
): EndEstimate | null {
  const estimate = endWithin(survival, ageSeconds, horizonSeconds);
  return estimate !== null && estimate.atRisk >= MIN_AT_RISK ? estimate : null;
}
