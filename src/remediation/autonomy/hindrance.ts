/** What of an anomaly keeps the product from acting for it. */
export interface AnomalyState {
  readonly status: string;
  readonly suppressedBy: object | null;
  readonly inhibitedBy: object | null;
}

/** Why nothing begins by itself for an anomaly now, in words; null where nothing keeps it. */
export function hindranceOf({ status, suppressedBy, inhibitedBy }: AnomalyState): string | null {
  if (status !== 'open' && status !== 'acknowledged') return `Its anomaly is ${status}`;
  if (suppressedBy !== null) return 'Its anomaly is kept quiet';
  return inhibitedBy === null ? null : 'Its anomaly is the symptom of another';
}
