import { InvalidAlert } from '../alerts/alert.errors';
import type { AlertSignal } from '../alerts/alert-signal';
import { type ChangeEvent, readSettleSeconds } from '../changes/change-event';
import { cut, readTime, readUrl } from './alert-reading';
import { InvalidEvent } from './event.errors';
import { isObject, JsonObject, readJsonObject } from './event-body';

const SEVERITIES = ['critical', 'error', 'warning', 'info'];
const MAX_DEDUP_KEY_LENGTH = 255;
const MAX_SUMMARY_LENGTH = 1_024;
const MAX_LABEL_BYTES = 2_048;
/** What of a payload tells one alert from another, and routes it. */
const LABEL_MEMBERS = ['source', 'component', 'group', 'class', 'severity'] as const;

/** An event whose sender is known by its routing key alone. */
export interface RoutedEvent {
  readonly routingKey: string;
  readonly event: JsonObject;
}

/** What an event asks for. An acknowledgement or a resolution names an alert by its key only, and tells nothing else of it. */
export type PagerDutyEvent =
  | { readonly action: 'trigger'; readonly dedupKey: string; readonly signal: AlertSignal }
  | { readonly action: 'acknowledge' | 'resolve'; readonly dedupKey: string };

/**
 * Who sends an event of PagerDuty's Events API v2, before anything else of it is looked at.
 * Throws  InvalidEvent where the body is no JSON object or names no routing key.
 */
export function readRoutingKey(body: Uint8Array): RoutedEvent {
  const event = readJsonObject(body);
  const { routing_key: routingKey } = event;
  if (typeof routingKey !== 'string' || routingKey === '') throw new InvalidEvent("'routing_key' is missing");
  return { routingKey, event };
}

/**
 * An alert event. A trigger without a dedup key gets the one that is given, which the answer tells.
 * Throws  InvalidEvent with everything that is wrong.
 * Source  https://developer.pagerduty.com/docs/send-alert-event
 */
export function readPagerDutyEvent(event: JsonObject, newKey: string): PagerDutyEvent {
  const faults: string[] = [];
  const { event_action: action, dedup_key: dedupKey = action === 'trigger' ? newKey : undefined } = event;
  if (action !== 'trigger' && action !== 'acknowledge' && action !== 'resolve')
    faults.push("'event_action' must be trigger, acknowledge or resolve");
  if (typeof dedupKey !== 'string' || dedupKey === '' || dedupKey.length > MAX_DEDUP_KEY_LENGTH)
    faults.push(`'dedup_key' must be a text of 1 to ${MAX_DEDUP_KEY_LENGTH} characters`);
  const payload = action === 'trigger' ? event.payload : {};
  if (!isObject(payload)) throw invalid([...faults, "'payload' is missing"]);
  if (action === 'trigger') faults.push(...payloadFaults(payload));
  const startsAtMs = timeOf(payload, faults);
  if (faults.length > 0) throw invalid(faults);
  const key = dedupKey as string;
  if (action !== 'trigger') return { action: action as 'acknowledge' | 'resolve', dedupKey: key };
  return { action, dedupKey: key, signal: { ...signalOf(event, payload, key), startsAtMs } };
}

/**
 * A change event.
 * Throws  InvalidEvent with everything that is wrong.
 * Source  https://developer.pagerduty.com/docs/send-change-event
 */
export function readPagerDutyChange({ payload, links }: JsonObject): ChangeEvent {
  if (!isObject(payload)) throw invalid(["'payload' is missing"]);
  const { summary, source, custom_details: details } = payload;
  const faults = isText(summary) ? [] : ["'payload.summary' is missing"];
  if (source !== undefined && typeof source !== 'string') faults.push("'payload.source' must be a text");
  if (details !== undefined && !isObject(details)) faults.push("'payload.custom_details' must be an object");
  const atMs = timeOf(payload, faults);
  if (faults.length > 0) throw invalid(faults);
  const told = isObject(details) ? details : {};
  return {
    source: cut(isText(source) ? source : 'pagerduty', MAX_SUMMARY_LENGTH),
    service: isText(told.service) ? cut(told.service, MAX_SUMMARY_LENGTH) : null,
    summary: cut(summary as string, MAX_SUMMARY_LENGTH),
    atMs,
    settleSeconds: readSettleSeconds(told.settle_seconds),
    details: { ...told, ...(Array.isArray(links) && links.length > 0 && { links }) },
  };
}

function payloadFaults({ summary, source, severity, ...rest }: JsonObject): string[] {
  const faults: string[] = [];
  if (!isText(summary)) faults.push("'payload.summary' is missing");
  if (!isText(source)) faults.push("'payload.source' is missing");
  if (typeof severity !== 'string' || !SEVERITIES.includes(severity))
    faults.push(`'payload.severity' must be one of ${SEVERITIES.join(', ')}`);
  for (const name of ['component', 'group', 'class'])
    if (rest[name] !== undefined && rest[name] !== null && typeof rest[name] !== 'string')
      faults.push(`'payload.${name}' must be a text`);
  return faults;
}

function timeOf({ timestamp }: JsonObject, faults: string[]): number | null {
  try {
    return readTime(timestamp, "'payload.timestamp'");
  } catch (error) {
    if (!(error instanceof InvalidAlert)) throw error;
    faults.push(error.message);
    return null;
  }
}

/** The key is among the labels, so that two keys are two alerts whatever else they share. */
function signalOf(event: JsonObject, payload: JsonObject, dedupKey: string): Omit<AlertSignal, 'startsAtMs'> {
  const labels = LABEL_MEMBERS.flatMap((name) => {
    const value = payload[name];
    return isText(value) ? [[name, cut(value, MAX_LABEL_BYTES / 4)] as const] : [];
  });
  const name = isText(payload.class) ? payload.class : (payload.summary as string);
  return {
    labels: {
      alertname: cut(name, MAX_LABEL_BYTES / 4),
      dedup_key: dedupKey,
      ...Object.fromEntries(labels),
    },
    annotations: annotationsOf(event, payload),
    status: 'firing',
    endsAtMs: null,
    generatorUrl: readUrl(event.client_url),
    values: null,
  };
}

function annotationsOf({ client, links, images }: JsonObject, payload: JsonObject): Record<string, string> {
  const { summary, custom_details: details } = payload;
  return {
    summary: cut(summary as string, MAX_SUMMARY_LENGTH),
    ...(isText(client) && { client: cut(client) }),
    ...(details !== undefined &&
      details !== null && { details: cut(typeof details === 'string' ? details : JSON.stringify(details)) }),
    ...(Array.isArray(links) && links.length > 0 && { links: cut(JSON.stringify(links)) }),
    ...(Array.isArray(images) && images.length > 0 && { images: cut(JSON.stringify(images)) }),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function invalid(faults: readonly string[]): InvalidEvent {
  return new InvalidEvent(faults.join('; '), faults);
}
