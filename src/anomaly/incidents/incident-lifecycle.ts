export const INCIDENT_STATUSES = ['open', 'acknowledged', 'resolved'] as const;
export type IncidentStatus = (typeof INCIDENT_STATUSES)[number];

/** What people do to an incident; that it is over follows from its members. */
export const INCIDENT_VERBS = ['acknowledge', 'resolve'] as const;
export type IncidentVerb = (typeof INCIDENT_VERBS)[number];

/**
 * The status of an incident after its members changed: it is over when all of them are, and goes on again when one of them does.
 * @example statusFollowing('acknowledged', false) // 'resolved'
 */
export function statusFollowing(status: IncidentStatus, hasActiveMembers: boolean): IncidentStatus {
  if (!hasActiveMembers) return 'resolved';
  return status === 'resolved' ? 'open' : status;
}
