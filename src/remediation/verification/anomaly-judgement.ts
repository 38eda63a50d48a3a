import type { AnomalyEnd } from '../../anomaly/anomaly.types';
import { type Condition, judge, type Judgement, LATENESS_MS, type Watched } from './judgement';

/** How the anomaly of an action is now. */
export interface WatchedAnomaly {
  /** Null while it goes on. */
  readonly end: { readonly atMs: number; readonly how: AnomalyEnd['how'] } | null;
  /** Whether it is more severe than when the action began. */
  readonly isMoreSevere: boolean;
}

const NOTHING_MEASURED = { before: null, expected: null, after: null, samples_before: 0, samples_after: 0 };

/**
 * Whether an action has helped, by the anomaly that it is for: one ends by itself once its series is as usual again, or its alert resolved.
 * `usual` is the usual range of its series on the side that it left, where it has one: what goes further from it is made worse.
 */
export function judgeAnomaly(
  { end, isMoreSevere }: WatchedAnomaly,
  watched: Watched,
  beganAtMs: number,
  usual: Condition | null,
): Judgement {
  const numbers = usual === null ? null : judge(usual, watched);
  const say = (
    outcome: Judgement['outcome'],
    reason: string,
    recoveredAtMs: number | null = null,
  ): Judgement => ({ outcome, reason, recoveredAtMs, measured: numbers?.measured ?? NOTHING_MEASURED });
  if (end !== null) {
    if (end.how === 'closed')
      return say('unverified', 'Somebody closed the anomaly before it had ended by itself');
    if (end.how === 'not_seen')
      return say('unverified', 'The anomaly is no longer seen, but nobody saw that it had recovered');
    return end.atMs < beganAtMs
      ? say('unverified', 'The anomaly had ended before the action began')
      : say('verified', 'The anomaly has ended by itself', end.atMs);
  }
  if (numbers?.outcome === 'made_worse') return say('made_worse', numbers.reason);
  if (watched.nowMs < watched.giveUpAtMs + LATENESS_MS) return say(null, 'It is being looked at');
  if (isMoreSevere) return say('made_worse', 'The anomaly goes on, and is more severe than before');
  return numbers?.outcome === 'unverified' && watched.after.values.length === 0
    ? say('unverified', 'Its series was not measured any more')
    : say('no_effect', 'The anomaly goes on');
}
