import { InvalidInput } from '../../common/errors/domain-error';
import { refuseHostileInput } from '../../common/http/hostile-json';
import { InvalidEvent } from './event.errors';

const utf8 = new TextDecoder('utf-8', { fatal: true });

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The JSON value in a body, safe to walk and to store.
 * Throws  InvalidEvent where the bytes are no UTF-8 or no JSON, or hold what we refuse everywhere (NUL, depth, prototype keys).
 */
export function readJson(body: Uint8Array): unknown {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(body));
  } catch {
    throw new InvalidEvent('The body is not valid JSON in UTF-8');
  }
  return storable(value);
}

/**
 * The JSON object in a body.
 * Throws  InvalidEvent as `readJson` does, and where the body holds anything else.
 */
export function readJsonObject(body: Uint8Array): JsonObject {
  const value = readJson(body);
  if (!isObject(value)) throw new InvalidEvent('The body must be a JSON object');
  return value;
}

/** The value itself, where nothing in it would break further in. Throws InvalidEvent. */
export function storable<T>(value: T): T {
  try {
    refuseHostileInput(value);
  } catch (error) {
    throw error instanceof InvalidInput ? new InvalidEvent(error.message) : error;
  }
  return value;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
