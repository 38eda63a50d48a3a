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

const INSERT = {
  name: 'audit_insert',
  text: `INSERT INTO audit_log (actor_kind, actor_id, actor_name, action, subject_type, subject_id, before, after, request_id, address)
         SELECT $1, $2, $3, action, subject_type, subject_id, before, after, $4, $5
         FROM jsonb_to_recordset($6) AS change(action text, subject_type text, subject_id text, before jsonb, after jsonb)`,
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
    const request = findRequest();
    const { kind, id, name } = currentActor();
    const rows = changes.map(({ action, subjectType, subjectId, before, after }) => ({
      action,
      subject_type: subjectType,
      subject_id: subjectId === undefined || subjectId === null ? null : String(subjectId),
      before: before ?? null,
      after: after ?? null,
    }));
    try {
      await this.database.query(INSERT, [
        kind,
        id,
        name,
        request?.requestId ?? null,
        request?.address ?? null,
        JSON.stringify(rows),
      ]);
    } catch (error) {
      throw isDatabaseOutage(error) ? error : new AuditUnavailable(error);
    }
  }
}
