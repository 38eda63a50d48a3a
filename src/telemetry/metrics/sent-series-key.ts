/**
 * The one text of a series as it was sent: who has met it needs neither check nor sort its labels again.
 * Shape   The same for the same name and labels in the same order, never for others. Begins with a letter, as no key of a wire protocol does.
 * Gaps    Null where a label is no text: no series can have it.
 * @example sentSeriesKey('up', { job: 'api' }) // 's2:up3:job3:api'
 */
export function sentSeriesKey(name: unknown, labels: Readonly<Record<string, unknown>>): string | null {
  if (typeof name !== 'string') return null;
  let key = `s${name.length}:${name}`;
  for (const label of Object.keys(labels)) {
    const value = labels[label];
    if (typeof value !== 'string') return null;
    key += `${label.length}:${label}${value.length}:${value}`;
  }
  return key;
}
