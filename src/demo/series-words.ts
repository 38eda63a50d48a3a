/** Labels that are the same for everything that one service tells. */
const COMMON_LABELS = new Set(['job', 'instance', 'host']);

/**
 * A series as short as it can be told from the others of its service.
 * @example shortTitle({ name: 'response_seconds', labels: { job: 'orders', quantile: '0.95' } }) // 'response_seconds{quantile="0.95"}'
 */
export function shortTitle({
  name,
  labels,
}: {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}): string {
  const own = Object.entries(labels).filter(([label]) => !COMMON_LABELS.has(label));
  return own.length === 0 ? name : `${name}{${own.map(([label, value]) => `${label}="${value}"`).join(',')}}`;
}
