/** Words of the language that stand where names do. */
const WORDS = new Set([
  'and',
  'or',
  'unless',
  'bool',
  'offset',
  'by',
  'without',
  'on',
  'ignoring',
  'group_left',
  'group_right',
]);
const GROUPING = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g;

/**
 * The metrics that a PromQL expression asks for, each once. What is left of it when texts, selectors, durations and lists of labels are
 * taken out, and is no word of the language and no function, is a metric.
 * @example metricsIn('sum by (le) (rate(a_bucket{x="b"}[5m])) > 2 and on () c') // ['a_bucket', 'c']
 */
export function metricsIn(expression: string): string[] {
  const bare = expression
    .replace(/"(?:[^"\\]|\\.)*"/g, '""')
    .replace(/\{[^}]*\}/g, ' ')
    .replace(/\[[^\]]*\]/g, ' ')
    .replace(GROUPING, ' ');
  const names = bare.match(/\b[a-zA-Z_:][\w:]*\b(?!\s*\()/g) ?? [];
  return [...new Set(names.filter((name) => !WORDS.has(name)))];
}
