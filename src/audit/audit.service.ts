import { Injectable } from '@nestjs/common';

import { isDatabaseOutage } from '../common/errors/database-outage';
import { DomainError } from '../common/errors/domain-error';
import { Database } from '../database/database';
import { currentActor, findRequest } from '../observability/request-context';

/** One change: `subject.verb` in the past, on what, and the changed members before and after. */
export interface Change {
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId?: string | number | null;
  readonly before?: object | null;
  readonly after?: object | null;
}

/** Who acts and on which request, as the first parameters of a statement that records. */
export type Signature = readonly [
  kind: string,
  id: number | null,
  name: string,
  requestId: string | null,
  address: string | null,
];

/**
 * SQL that writes an audit row for each row of a FROM item with the members of a change, signed by the statement's parameters $1 to $5.
 * A statement that makes a change may take it as a part (`WITH changed AS (…), recorded AS (…)`): the row then needs no round trip.
 */
export function recordingOf(changes: string): string {
  return `INSERT INTO audit_log (actor_kind, actor_id, actor_name, action, subject_type, subject_id, before, after, request_id, address)
          SELECT $1, $2, $3, action, subject_type, subject_id, before, after, $4, $5 FROM ${changes}`;
}

const INSERT = {
  name: 'audit_insert',
  text: recordingOf(
    `jsonb_to_recordset($6) AS change(action text, subject_type text, subject_id text, before jsonb, after jsonb)`,
  ),
};

/** What cannot be recorded is not done. */
export class AuditUnavailable extends DomainError {
  constructor(cause: unknown) {
    super('unavailable', 'audit/unavailable', 'The audit trail cannot be written, so nothing was changed', {
      cause,
    });
  }
}

/** The audit trail: a row in the transaction of every mutation. No row, no change. */
@Injectable()
export class AuditService {
  constructor(private readonly database: Database) {}

  /**
   * Writes one row a change, on behalf of the current actor.
   * Throws  AuditUnavailable where they cannot be written, which the caller lets pass, so that the change is undone; an Error
   * outside a transaction: a row that could survive without its change would be a lie.
   */
  async record(...changes: Change[]): Promise<void> {
    if (!this.database.inTransaction)
      throw new Error('An audit row is written in the transaction of its change');
    const rows = changes.map(({ action, subjectType, subjectId, before, after }) => ({
      action,
      subject_type: subjectType,
      subject_id: subjectId === undefined || subjectId === null ? null : String(subjectId),
      before: before ?? null,
      after: after ?? null,
    }));
    await this.recorded(() => this.database.query(INSERT, [...this.signature(), JSON.stringify(rows)]));
  }

  /** The current actor and request, for a statement that records by itself (`recordingOf`). */
  signature(): Signature {
    const request = findRequest();
    const { kind, id, name } = currentActor();
    return [kind, id, name, request?.requestId ?? null, request?.address ?? null];
  }
  /** Runs a statement that records by itself (`recordingOf`). Throws  AuditUnavailable where it is the record that fails. */
  async recorded<T>(statement: () => Promise<T>): Promise<T> {
    try {
      return await statement();
    } catch (error) {
      throw isRecordFailure(error) ? new AuditUnavailable(error) : error;
    }
  }
}

/** What a trigger raises; of the tables that such a statement writes, only the log has triggers that refuse. */
const RAISED = 'P0001';

/** Whether Postgres refused the audit row itself. */
function isRecordFailure(error: unknown): boolean {
  if (isDatabaseOutage(error)) return false;
  const { code, table, message } = error as { code?: string; table?: string; message?: string };
  return code === RAISED || table === 'audit_log' || /audit_log/.test(String(message));
}
