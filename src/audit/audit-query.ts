/** What of the audit log is asked for; a member that is absent asks for nothing in particular. */
export interface AuditFilter {
  readonly actor?: string;
  /** An action, or with a star at its end all that begin so: `anomaly.*`. */
  readonly action?: string;
  readonly subjectType?: string;
  readonly subjectId?: string;
  readonly requestId?: string;
  readonly from?: Date;
  readonly to?: Date;
}

/** A WHERE clause with its parameters; `shape` names the statement, since its text follows from the shape alone. */
export interface AuditCondition {
  readonly shape: string;
  readonly where: string;
  readonly values: unknown[];
}

/**
 * The condition of a filter.
 * @example auditCondition({ action: 'user.*' }) // { shape: 'actions', where: 'a.action LIKE $1', values: ['user.%'] }
 */
export function auditCondition(filter: AuditFilter): AuditCondition {
  const { actor, action, subjectType, subjectId, requestId, from, to } = filter;
  const parts: [string, string, unknown][] = [];
  if (actor !== undefined) parts.push(['actor', 'a.actor_name = ?', actor]);
  if (action?.endsWith('*'))
    parts.push(['actions', 'a.action LIKE ?', `${escapeLike(action.slice(0, -1))}%`]);
  else if (action !== undefined) parts.push(['action', 'a.action = ?', action]);
  if (subjectType !== undefined) parts.push(['type', 'a.subject_type = ?', subjectType]);
  if (subjectId !== undefined) parts.push(['subject', 'a.subject_id = ?', subjectId]);
  if (requestId !== undefined) parts.push(['request', 'a.request_id = ?', requestId]);
  if (from !== undefined) parts.push(['from', 'a.at >= ?', from]);
  if (to !== undefined) parts.push(['to', 'a.at < ?', to]);
  return {
    shape: parts.map(([name]) => name).join('_') || 'all',
    where: parts.map(([, clause], index) => clause.replace('?', `$${index + 1}`)).join(' AND ') || 'true',
    values: parts.map(([, , value]) => value),
  };
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, (character) => `\\${character}`);
}
