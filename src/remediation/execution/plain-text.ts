/**
 * What shows nothing and can change how the rest is read: control characters, marks of direction, zero-width and tag characters,
 * lone surrogates. Line ends and tabs are left for the caller.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/gu;

/**
 * A text of others as one plain line: without what cannot be seen, and not longer than `max` UTF-16 units.
 * @example plainLine('a\u001b[31mb\nc', 80) // 'a[31mb c'
 */
export function plainLine(text: string, max: number): string {
  const line = text
    .slice(0, 4 * max)
    .replace(/[\r\n\t]+/g, ' ')
    .replace(UNSEEN, '')
    .trim();
  return line.length <= max ? line : `${line.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
