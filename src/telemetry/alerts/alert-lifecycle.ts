export const ALERT_STATUSES = ['firing', 'resolved'] as const;
export type AlertStatus = (typeof ALERT_STATUSES)[number];

/** What changes the state of an alert, and is handed on: a new episode, and an end. */
export type AlertChangeKind = 'fired' | 'resolved';

/** What a signal can do to the alert that it meets. */
export type Meeting =
  /** An episode begins: the first, or one after another that is over. */
  | 'begins'
  /** The same once more: the planned end moves on, what is said about it is renewed. */
  | 'goes on'
  | 'ends'
  /** An episode of which only the end was told: stored, so that what was answered for is there. */
  | 'is over at once'
  /** Told before, or overtaken: nothing changes. */
  | 'is known';

/** What is on record of the alert that a signal meets: its latest episode. */
export interface Episode {
  readonly status: AlertStatus;
  readonly startsAtMs: number;
  readonly resolvedAtMs: number | null;
  /** Ended by the resolve timeout and by nobody's word. */
  readonly isTimedOut: boolean;
}

/** A signal with the database's clock applied to it. */
export interface JudgedSignal {
  readonly status: AlertStatus;
  readonly startsAtMs: number;
  /** The planned end of a firing one; null where only its sender can end it. */
  readonly endsAtMs: number | null;
  readonly resolvedAtMs: number | null;
}

/**
 * How a signal meets an alert. Senders come in pairs that see the same a little apart, deliver again what they are not sure of, and
 * sometimes in the wrong order; and an alert that is lost is worse than one that is told twice. So whoever says that it fires is believed,
 * but where it can be nothing else than a late delivery.
 *
 * Late      A firing signal without a planned end and of no later start than the resolved episode: Alertmanager's webhook delivers once and
 *           again. One with a planned end (Prometheus) is never delivered again by a queue: another of the pair still sees it fire.
 *           A resolution that is over before the firing episode began.
 * Silence   An episode that only timed out says nothing about its alert: whoever tells of it again begins the next.
 *
 * `alert.repository.ts` says the same in SQL, where it is judged under the lock of the row; a test holds the two equal.
 */
export function meet(episode: Episode | null, signal: JudgedSignal): Meeting {
  if (episode === null) return signal.status === 'firing' ? 'begins' : 'is over at once';
  if (episode.status === 'firing') {
    if (signal.status === 'firing') return 'goes on';
    return isOfEarlierEpisode(episode, signal) ? 'is known' : 'ends';
  }
  if (signal.status === 'firing') {
    const isBelieved =
      signal.endsAtMs !== null || episode.isTimedOut || signal.startsAtMs > episode.startsAtMs;
    return isBelieved ? 'begins' : 'is known';
  }
  return isOfLaterEpisode(episode, signal) ? 'is over at once' : 'is known';
}

/** One whose start the sender left to us (it is the end then) says nothing about which episode it ends; so too below. */
function isOfLaterEpisode(
  { resolvedAtMs }: Episode,
  { startsAtMs: from, resolvedAtMs: to }: JudgedSignal,
): boolean {
  return to !== null && from > (resolvedAtMs ?? 0) && from < to;
}

function isOfEarlierEpisode(
  { startsAtMs }: Episode,
  { startsAtMs: from, resolvedAtMs: to }: JudgedSignal,
): boolean {
  return to !== null && to < startsAtMs && from < to;
}
