/**
 * Everything that flows between the domains: each event is a fact in the past, with a payload of plain ids, numbers and
 * instants (ISO 8601). Read this page first. Who listens stands in each domain's `*.subscriber.ts`.
 */
export interface EventCatalogue {
  /** A new anomaly stands open: found by a detector, or reported by a caller. */
  'anomaly.opened': { anomalyId: number; seriesId: number | null };
  /** A resolved anomaly came back within its reopen window. */
  'anomaly.reopened': { anomalyId: number; seriesId: number | null };
  'anomaly.acknowledged': { anomalyId: number };
  'anomaly.resolved': { anomalyId: number };
  /**
   * A silence, a window or a cause no longer covers an active anomaly. Who announces anomalies leaves out those with `suppressed_by` or
   * `inhibited_by` (set in the transaction that opens them), and hears of them here.
   */
  'anomaly.released': { anomalyId: number };
  'anomaly.dismissed': { anomalyId: number };
  /** Anomalies began that belong together and to nothing before. */
  'incident.opened': { incidentId: number };
  'incident.acknowledged': { incidentId: number };
  /** The last of its members is over. */
  'incident.resolved': { incidentId: number };
  /** A member goes on again, or a new one came within the reopen window. */
  'incident.reopened': { incidentId: number };
  /** It turned out to be one with an older one, which has its members now; it is over, and is heard of no more. */
  'incident.merged': { incidentId: number; intoIncidentId: number };
  /** An action was proposed, by a person or by a rule. */
  'action.proposed': { actionId: number };
  /** People have approved an action: as many as were asked. */
  'action.approved': { actionId: number };
  /** An action has come to its end: completed, failed or stopped. */
  'action.finished': { actionId: number };
  /** What was done was looked at for its time: its outcome stands, be it that nobody can tell. */
  'action.verified': { actionId: number };
  /** What evidence showed lets the product do more by itself in a cell, or less. */
  'autonomy.changed': {
    actionType: string;
    remedy: string;
    anomalyClass: string;
    targetGroup: string;
    level: string;
  };
  /** A limit holds remediation up because it seems to run wild; told again while it does. */
  'remediation.rail_tripped': { rail: string; targetId: number };
  /** A series and its samples were removed by an admin; whoever keeps something about it lets go. */
  'series.deleted': { seriesId: number };
}

export type EventName = keyof EventCatalogue;
