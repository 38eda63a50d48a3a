const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const TWO_DIGITS = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'));
const THREE_DIGITS = Array.from({ length: 1_000 }, (_, n) => String(n).padStart(3, '0'));

/** The day that was written last: the instants of an answer nearly all lie within one. */
let day = NaN;
let dayText = '';

/**
 * What `toISOString` gives, in an eighth of its time: a page of anomalies holds dozens of instants.
 * Throws  RangeError where the instant is invalid, as it does.
 * @example isoText(new Date(0)) // '1970-01-01T00:00:00.000Z'
 */
export function isoText(instant: Date): string {
  const ms = instant.getTime();
  const ofDay = Math.floor(ms / DAY_MS);
  if (ofDay !== day) {
    dayText = instant.toISOString().split('T', 1)[0];
    day = ofDay;
  }
  const rest = ms - ofDay * DAY_MS;
  const hours = TWO_DIGITS[Math.floor(rest / HOUR_MS)];
  const minutes = TWO_DIGITS[Math.floor(rest / MINUTE_MS) % 60];
  const seconds = TWO_DIGITS[Math.floor(rest / SECOND_MS) % 60];
  return `${dayText}T${hours}:${minutes}:${seconds}.${THREE_DIGITS[rest % SECOND_MS]}Z`;
}
