import { isInstant } from '../../common/validation/fields';
import { InvalidEvent } from './event.errors';
import { isObject, JsonObject, readJson, storable } from './event-body';

/** An event of CloudEvents 1.0, its data as the JSON that it is. */
export interface CloudEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string | null;
  readonly timeMs: number | null;
  readonly data: unknown;
}

/** A body with what its headers say of it. */
export interface CloudEventRequest {
  readonly mediaType: string;
  /** Those whose names begin with `ce-`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export const STRUCTURED_TYPE = 'application/cloudevents+json';
export const BATCH_TYPE = 'application/cloudevents-batch+json';

const MAX_EVENTS = 1_000;
const MAX_ATTRIBUTE_LENGTH = 2_048;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The events of a request, and what is wrong with those of a batch that cannot be taken. */
export interface CloudEventReading {
  readonly events: readonly CloudEvent[];
  readonly faults: readonly string[];
}

/**
 * The events of a request, in whichever mode it is sent: binary (attributes in `ce-*` headers), structured, or a batch.
 * Throws  InvalidEvent naming the attribute that is missing or wrong; of a batch only where it is none at all.
 * Source  CloudEvents 1.0.2, HTTP protocol binding and JSON event format
 */
export function readCloudEvents({ mediaType, headers, body }: CloudEventRequest): CloudEventReading {
  switch (mediaType) {
    case STRUCTURED_TYPE:
      return { events: [readStructured(readJson(body), 'The event')], faults: [] };
    case BATCH_TYPE:
      return readBatch(readJson(body));
    default:
      return { events: [readBinary(headers, body)], faults: [] };
  }
}

function readBatch(batch: unknown): CloudEventReading {
  if (!Array.isArray(batch)) throw new InvalidEvent('A batch must be a list of events');
  if (batch.length > MAX_EVENTS) throw new InvalidEvent(`A batch has at most ${MAX_EVENTS} events`);
  const events: CloudEvent[] = [];
  const faults: string[] = [];
  batch.forEach((event, index) => {
    try {
      events.push(readStructured(event, `events[${index}]`));
    } catch (error) {
      if (!(error instanceof InvalidEvent)) throw error;
      faults.push(error.message);
    }
  });
  return { events, faults };
}

function readStructured(event: unknown, name: string): CloudEvent {
  if (!isObject(event)) throw new InvalidEvent(`${name} must be an object`);
  const { data, data_base64: encoded, ...attributes } = event;
  return {
    ...attributesOf(attributes, name),
    data: encoded === undefined ? data : decodedData(encoded, name),
  };
}

function readBinary(headers: Readonly<Record<string, string>>, body: Uint8Array): CloudEvent {
  const attributes = Object.entries(headers).map(
    ([header, value]) => [header.slice('ce-'.length), decodeHeader(value, header)] as const,
  );
  const data = body.length === 0 ? null : readJson(body);
  return { ...attributesOf(storable(Object.fromEntries(attributes)), 'The event'), data };
}

/**
 * The text in a header: percent-encoded once, in UTF-8, with the quotes that older senders put around it.
 * Throws  InvalidEvent where the bytes are no UTF-8.
 * @example decodeHeader('"Euro%20%E2%82%AC"', 'ce-subject') // 'Euro €'
 */
export function decodeHeader(value: string, header: string): string {
  const text = /^".*"$/s.test(value) ? value.slice(1, -1).replace(/\\(["\\])/g, '$1') : value;
  const bytes = Buffer.from(text, 'latin1');
  const decoded: number[] = [];
  for (let at = 0; at < bytes.length; at += 1) {
    const hex = text.slice(at + 1, at + 3);
    const isEncoded = text[at] === '%' && /^[0-9a-f]{2}$/i.test(hex);
    decoded.push(isEncoded ? Number.parseInt(hex, 16) : bytes[at]);
    if (isEncoded) at += 2;
  }
  try {
    return utf8.decode(Uint8Array.from(decoded));
  } catch {
    throw new InvalidEvent(`The header ${header} is not valid UTF-8`);
  }
}

function attributesOf(attributes: JsonObject, name: string): Omit<CloudEvent, 'data'> {
  const { specversion, time } = attributes;
  if (specversion !== '1.0') throw new InvalidEvent(`${name} needs specversion 1.0`);
  if (time !== undefined && time !== null && !isInstant(time))
    throw new InvalidEvent(`${name} has a time that is not as in 2026-01-31T10:00:00Z`);
  return {
    id: attributeOf(attributes, 'id', name),
    source: attributeOf(attributes, 'source', name),
    type: attributeOf(attributes, 'type', name),
    subject: typeof attributes.subject === 'string' ? attributes.subject : null,
    timeMs: typeof time === 'string' ? Date.parse(time) : null,
  };
}

function attributeOf(attributes: JsonObject, attribute: string, name: string): string {
  const value = attributes[attribute];
  if (typeof value !== 'string' || value === '' || value.length > MAX_ATTRIBUTE_LENGTH)
    throw new InvalidEvent(`${name} needs ${attribute}, a text of 1 to ${MAX_ATTRIBUTE_LENGTH} characters`);
  return value;
}

function decodedData(encoded: unknown, name: string): unknown {
  if (typeof encoded !== 'string') throw new InvalidEvent(`${name} has data_base64 that is no text`);
  return readJson(Buffer.from(encoded, 'base64'));
}
