/**
 * A text of not more than so many UTF-16 units; a longer one ends with … and never with half a character.
 * @example cut('abcdef', 4) // 'abc…'
 */
export function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
