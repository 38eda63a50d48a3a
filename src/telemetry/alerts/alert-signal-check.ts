import { InvalidAlert } from './alert.errors';
import { checkAlertLabels, checkAnnotations } from './alert-labels';
import type { AlertSignal } from './alert-signal';

const MAX_URL_LENGTH = 8_192;
const MAX_VALUES = 64;
const MAX_VALUE_NAME_LENGTH = 256;
/** What Postgres and JavaScript both read back as it was written. */
const FIRST_MS = 0;
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * A signal of which an alert can be made, or a refusal: nothing that passes can fail in Postgres.
 * Throws  InvalidAlert, naming the first rule broken.
 */
export function checkSignal(signal: AlertSignal): AlertSignal {
  const labels = checkAlertLabels(signal.labels);
  const annotations = checkAnnotations(signal.annotations);
  checkTime('startsAt', signal.startsAtMs);
  checkTime('endsAt', signal.endsAtMs);
  checkUrl(signal.generatorUrl);
  checkValues(signal.values);
  return { ...signal, labels, annotations };
}

function checkTime(what: string, timeMs: number | null): void {
  if (timeMs !== null && !(timeMs >= FIRST_MS && timeMs <= LAST_MS))
    throw new InvalidAlert(`${what} must lie between the years 1970 and 9999`);
}

function checkUrl(url: string | null): void {
  if (url !== null && (url.length > MAX_URL_LENGTH || !url.isWellFormed() || url.includes('\0')))
    throw new InvalidAlert(
      `generatorURL must be at most ${MAX_URL_LENGTH} characters of well-formed Unicode without NUL`,
    );
}

function checkValues(values: AlertSignal['values']): void {
  if (values === null) return;
  const entries = Object.entries(values);
  if (entries.length > MAX_VALUES) throw new InvalidAlert(`an alert has at most ${MAX_VALUES} values`);
  for (const [name, value] of entries) {
    const isName =
      name.length <= MAX_VALUE_NAME_LENGTH &&
      name.isWellFormed() &&
      !name.includes('\0') &&
      name !== '__proto__';
    if (!isName || !Number.isFinite(value))
      throw new InvalidAlert('values must be finite numbers under names of at most 256 characters');
  }
}
