import { HeardEvent } from './fault-trial';
import { Anomaly } from './product-answers';
import { shortTitle } from './series-words';
import { sayValue } from './units';

/**
 * What was seen, and what is usual.
 * @example evidenceText(anomaly) // 'queue_depth 40, usually 1 to 5'
 */
export function evidenceText({ metric }: Pick<Anomaly, 'metric'>): string {
  if (metric === null) return '';
  const { name, value, usual_lower, usual_upper } = metric;
  return `${shortTitle(metric)} ${sayValue(name, value)}, ${usualText(name, usual_lower, usual_upper)}`;
}

/** @example usualText('queue_depth', 1, 5) // 'usually 1 to 5' */
export function usualText(metric: string, lower: number | null, upper: number | null): string {
  return `usually ${sayValue(metric, lower)} to ${sayValue(metric, upper)}`;
}

/** Whether an event says that something is wrong from now on. */
export function isOpening({ event }: Pick<HeardEvent, 'event'>): boolean {
  return event === 'opened' || event === 'reopened';
}

/** The time of day as the reader's clock shows it. */
export function clockTime(ms: number): string {
  return new Date(ms).toTimeString().slice(0, 8);
}

const DURATION_UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/**
 * A duration in its two largest units.
 * @example durationText(367.2) // '6 min 7 s'
 * @example durationText(12_600) // '3 h 30 min'
 */
export function durationText(seconds: number): string {
  let rest = Math.round(seconds);
  const parts = DURATION_UNITS.map(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return { count, text: `${count} ${unit}` };
  });
  const first = parts.findIndex(({ count }) => count > 0);
  if (first < 0) return '0 s';
  const told = parts.slice(first, first + 2).filter(({ count }) => count > 0);
  return told.map(({ text }) => text).join(' ');
}
