import type { Severity } from '../../anomaly/anomaly.types';
import { occurrenceAt, type Recurrence } from '../../common/time/recurrence';

/**
 * When a notice is told: now, or once quiet hours that are going on have ended. What is critical does not wait.
 * @example tellAt(null, 'low', at) // at
 */
export function tellAt(quietHours: Recurrence | null, severity: Severity | null, at: Date): Date {
  if (quietHours === null || severity === 'critical') return at;
  return occurrenceAt(quietHours, at)?.endsAt ?? at;
}
