/** What JSON can say. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [member: string]: JsonValue;
}

/** Whether a value is an object of JSON, and neither a list nor null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The value that a JSON pointer leads to; undefined where there is none. Members that an object only inherits are none.
 * Shape   pointer: '' for the whole, else '/a/0/b', with ~1 for / and ~0 for ~ in a name.
 * Source  RFC 6901.
 * @example at({ a: [{ b: 1 }] }, '/a/0/b') // 1
 */
export function at(value: JsonValue, pointer: string): JsonValue | undefined {
  if (pointer === '') return value;
  let found: JsonValue | undefined = value;
  for (const step of pointer.slice(1).split('/')) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Record<string, JsonValue>)[name];
  }
  return found;
}
