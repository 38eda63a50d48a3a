import { isObject } from './event-body';

const MAX_LENGTH = 500;
const MAX_STEPS = 20;
const ARRAY_INDEX = /^(0|[1-9]\d{0,8})$/;

/** Whether a text is a JSON pointer: empty for the whole value, else steps that each begin with a slash. */
export function isJsonPointer(text: unknown): text is string {
  return (
    typeof text === 'string' &&
    text.length <= MAX_LENGTH &&
    (text === '' || text.startsWith('/')) &&
    !/~(?![01])/.test(text) &&
    text.split('/').length - 1 <= MAX_STEPS
  );
}

/**
 * The value that a pointer names, or undefined where there is none. Only members that the value has itself are found, and nothing is
 * evaluated.
 * Source  RFC 6901
 * @example valueAt({ a: [{ 'b/c': 1 }] }, '/a/0/b~1c') // 1
 */
export function valueAt(value: unknown, pointer: string): unknown {
  if (pointer === '') return value;
  let found = value;
  for (const step of pointer.slice(1).split('/')) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(found)) found = ARRAY_INDEX.test(name) ? (found as unknown[])[Number(name)] : undefined;
    else if (isObject(found) && Object.hasOwn(found, name)) found = found[name];
    else return undefined;
  }
  return found;
}
