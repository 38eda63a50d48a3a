import type { SettlingChange } from '../../telemetry/telemetry.types';
import type { Severity } from '../severity';

export type { SettlingChange };

/** Labels that may say of which service a series is, in their order; `service_name` is OpenTelemetry's, `job` what Prometheus has at least. */
const SERVICE_LABELS = ['service', 'service_name', 'app', 'app_kubernetes_io_name', 'job'];

/**
 * The service that a series is of: the first of the labels that say so and is not empty; null where none is.
 * @example serviceOf({ job: 'node', service: 'checkout' }) // 'checkout'
 */
export function serviceOf(labels: Readonly<Record<string, string>>): string | null {
  const label = SERVICE_LABELS.find((name) => Object.hasOwn(labels, name) && labels[name] !== '');
  return label === undefined ? null : labels[label];
}

/**
 * The change that holds something, or null. A change raises the threshold of its service: until it has settled only what is critical
 * (a score of 0.9 or more) opens an anomaly.
 * Bound  Changes hold it for `longestSeconds` in all: who deploys every ten minutes hides nothing for ever. `until` says so.
 */
export function settlingOf(
  {
    labels,
    severity,
    heldAt,
  }: {
    readonly labels: Readonly<Record<string, string>>;
    readonly severity: Severity;
    readonly heldAt: Date | null;
  },
  {
    changes,
    longestSeconds,
    now,
  }: { readonly changes: readonly SettlingChange[]; readonly longestSeconds: number; readonly now: Date },
): SettlingChange | null {
  if (severity === 'critical') return null;
  const service = serviceOf(labels);
  const boundMs = (heldAt ?? now).getTime() + longestSeconds * 1_000;
  const found = changes
    .filter((change) => change.service === service && change.until > now)
    .reduce<SettlingChange | null>(
      (last, change) => (last === null || change.until > last.until ? change : last),
      null,
    );
  if (found === null || boundMs <= now.getTime()) return null;
  return { ...found, until: new Date(Math.min(found.until.getTime(), boundMs)) };
}
