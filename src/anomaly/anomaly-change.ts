import type { Anomaly } from './anomaly.entity';
import type { AnomalyEdit } from './anomaly.types';
import { Status } from './anomaly-lifecycle';

/** Who brought an anomaly into a status and when; a reopened one has neither end nor owner. */
export function stamp(status: Status, by: string, at: Date): Partial<Anomaly> {
  switch (status) {
    case 'acknowledged':
      return { status, acknowledgedBy: by, acknowledgedAt: at };
    case 'resolved':
      return { status, resolvedBy: by, resolvedAt: at };
    case 'dismissed':
      return { status, dismissedBy: by, dismissedAt: at };
    case 'open':
      return {
        status,
        acknowledgedBy: null,
        acknowledgedAt: null,
        resolvedBy: null,
        resolvedAt: null,
        dismissedBy: null,
        dismissedAt: null,
      };
  }
}

/** The entity's member of each one that may be edited. */
const EDITABLE = {
  title: 'title',
  description: 'description',
  severity: 'severity',
  explanation: 'explanation',
  anomaly_score: 'anomalyScore',
  confidence: 'confidence',
} as const satisfies Record<keyof AnomalyEdit, keyof Anomaly>;

/** What an edit really changes: the contract's members before and after, and the entity's members to set. */
export interface AnomalyChange {
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
  readonly members: Partial<Anomaly>;
}

/**
 * The change that an edit makes, or null where everything is so already.
 * @example changeOf(anomaly, { title: 'New' }) // { before: { title: 'Old' }, after: { title: 'New' }, members: { title: 'New' } }
 */
export function changeOf(anomaly: Anomaly, edit: AnomalyEdit): AnomalyChange | null {
  const names = (Object.keys(EDITABLE) as (keyof AnomalyEdit)[]).filter(
    (name) => edit[name] !== undefined && edit[name] !== anomaly[EDITABLE[name]],
  );
  if (names.length === 0) return null;
  return {
    before: Object.fromEntries(names.map((name) => [name, anomaly[EDITABLE[name]]])),
    after: Object.fromEntries(names.map((name) => [name, edit[name]])),
    members: Object.fromEntries(names.map((name) => [EDITABLE[name], edit[name]])),
  };
}
