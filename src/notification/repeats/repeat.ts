import { ALONE, type Notice } from '../notices/notice';

/** How soon something is looked at again that cannot be told again now. */
const LOOK_AGAIN_MS = 60_000;
const REPEATED = ['anomaly_detected', 'incident_opened'];

/** What is known of something that an endpoint has been told of, when it is time to tell it again. */
export interface Situation {
  readonly now: Date;
  /** Null where the endpoint does not ask for it any more. */
  readonly intervalSeconds: number | null;
  /** What it would be told; null where it is over, taken on, or not what the endpoint asks for. */
  readonly notice: Notice | null;
  /** Something keeps it quiet. */
  readonly isQuiet: boolean;
  /** Until when quiet hours hold it; now where they do not. */
  readonly tellAt: Date;
  /** Whether what it was told last has not arrived yet, nor been given up. */
  readonly isUnderWay: boolean;
  /** When it has; null where nobody knows any more. */
  readonly lastToldAt: Date | null;
}

/** What becomes of it. */
export type RepeatDecision =
  | { readonly kind: 'forget' }
  | { readonly kind: 'wait'; readonly until: Date }
  | { readonly kind: 'tell'; readonly notice: Notice; readonly next: Date };

/**
 * Whether something is told again now. What is over, or somebody's, is forgotten; what is quiet, not yet told, or told too shortly ago
 * waits, so that nothing piles up for an endpoint that is away or asleep.
 * @example decideRepeat({ notice: null, … }) // { kind: 'forget' }
 */
export function decideRepeat(situation: Situation): RepeatDecision {
  const { now, intervalSeconds, notice, isQuiet, isUnderWay, lastToldAt } = situation;
  if (intervalSeconds === null || notice === null) return { kind: 'forget' };
  const soon = new Date(now.getTime() + LOOK_AGAIN_MS);
  if (isQuiet || isUnderWay) return { kind: 'wait', until: soon };
  if (situation.tellAt > now) return { kind: 'wait', until: situation.tellAt };
  const intervalMs = intervalSeconds * 1_000;
  const due = new Date((lastToldAt?.getTime() ?? 0) + intervalMs);
  if (due > now) return { kind: 'wait', until: due };
  return { kind: 'tell', notice, next: new Date(now.getTime() + intervalMs) };
}

/** Whether a notice is of something that can go on and be told again. */
export function isRepeated({ type }: Pick<Notice, 'type'>): boolean {
  return REPEATED.includes(type);
}

/** The key of the notice that tells of an opening for the `toldAgain`-th time after the first; 0 is the opening itself. */
export function repeatKey(openingKey: string, toldAgain: number): string {
  return toldAgain === 0 ? openingKey : `${openingKey}:repeat:${toldAgain}`;
}

/** A notice of an opening, told again. */
export function repeatOf(notice: Notice, openingKey: string, toldAgain: number): Notice {
  return {
    ...notice,
    ...ALONE,
    key: repeatKey(openingKey, toldAgain),
    summary: `${notice.summary} (still open, told again: ${toldAgain})`,
    data: { ...notice.data, is_repeat: true, repeat: toldAgain },
  };
}
