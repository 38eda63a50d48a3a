/** What the product writes where it resolves an anomaly by itself. */
export const SELF_RESOLUTIONS = {
  recovered: 'The series returned to its usual range and stayed there',
  settled: 'The series has kept its new level for so long that this is its usual range now',
  alert_resolved: 'The alert was resolved by its sender',
  alert_forgotten: 'Nobody told of the alert again',
} as const;

/** Whether a resolution that the product wrote says that the trouble is gone; else it only is no longer seen. */
export function isRecovery(resolution: string | null): boolean {
  return resolution === SELF_RESOLUTIONS.recovered || resolution === SELF_RESOLUTIONS.alert_resolved;
}
