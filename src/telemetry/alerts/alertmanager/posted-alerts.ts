import { InvalidInput } from '../../../common/errors/domain-error';
import { isInstant } from '../../../common/validation/fields';
import type { AlertSignal } from '../alert-signal';

const MAX_ALERTS = 10_000;
/** How Go writes "no time". */
const NO_TIME = '0001-01-01T00:00:00';

/** The alerts of a body, each with its place in it; those that cannot be read stand apart, so that one does not cost the others. */
export interface PostedAlerts {
  readonly signals: readonly AlertSignal[];
  readonly places: readonly number[];
  readonly refusals: readonly { readonly index: number; readonly message: string }[];
}

/**
 * Reads what Prometheus and amtool post: a list of `{labels, annotations?, startsAt?, endsAt?, generatorURL?}`. Whether an end has passed is
 * left to the database's clock, so every alert counts as firing here.
 * Throws  InvalidInput where the body is no such list.
 */
export function readPostedAlerts(body: unknown): PostedAlerts {
  const posted = parse(body);
  if (!Array.isArray(posted)) throw new InvalidInput('the body must be a list of alerts');
  if (posted.length > MAX_ALERTS) throw new InvalidInput(`at most ${MAX_ALERTS} alerts in a request`);
  const signals: AlertSignal[] = [];
  const places: number[] = [];
  const refusals: { index: number; message: string }[] = [];
  posted.forEach((alert: unknown, index) => {
    const read = readAlert(alert);
    if (typeof read === 'string') refusals.push({ index, message: read });
    else {
      signals.push(read);
      places.push(index);
    }
  });
  return { signals, places, refusals };
}

function parse(body: unknown): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0) throw new InvalidInput('No data provided');
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    throw new InvalidInput('the body is not valid JSON');
  }
}

/** The alert, or why it is none. What its labels may be is for the intake to say. */
function readAlert(alert: unknown): AlertSignal | string {
  if (!isObject(alert)) return 'an alert must be an object';
  const { labels, annotations = null, startsAt = null, endsAt = null, generatorURL = null } = alert;
  if (!isObject(labels)) return 'labels must be an object of strings';
  if (annotations !== null && !isObject(annotations)) return 'annotations must be an object of strings';
  const [startsAtMs, endsAtMs] = [readTime(startsAt), readTime(endsAt)];
  if (startsAtMs === undefined) return 'startsAt must be an RFC 3339 time';
  if (endsAtMs === undefined) return 'endsAt must be an RFC 3339 time';
  if (startsAtMs !== null && endsAtMs !== null && endsAtMs < startsAtMs)
    return 'start time must be before end time';
  if (generatorURL !== null && typeof generatorURL !== 'string') return 'generatorURL must be a string';
  return {
    // Texts or not: the intake looks at each.
    labels: labels as Record<string, string>,
    annotations: (annotations ?? {}) as Record<string, string>,
    status: 'firing',
    startsAtMs,
    endsAtMs,
    generatorUrl: generatorURL === '' ? null : generatorURL,
    values: null,
  };
}

/** Null where no time is said, undefined where what is said is none. */
function readTime(text: unknown): number | null | undefined {
  if (text === null || text === '') return null;
  if (typeof text !== 'string') return undefined;
  if (text.startsWith(NO_TIME)) return null;
  return isInstant(text) ? Date.parse(text) : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
