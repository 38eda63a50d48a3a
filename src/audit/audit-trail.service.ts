import { Injectable } from '@nestjs/common';

import { InvalidInput } from '../common/errors/domain-error';
import { decodeCursor, encodeCursor, PageRequest, paginate, Pagination } from '../common/http/pagination';
import { isId } from '../common/validation/fields';
import { Database } from '../database/database';
import { AuditEntry } from './audit.entity';
import { auditCondition, AuditFilter } from './audit-query';

/** A row of the log with its number in the chain; null until it is sealed. */
export type TrailEntry = AuditEntry & { readonly seq: number | null };

const COLUMNS = `id, at, actor_kind AS "actorKind", actor_id AS "actorId", actor_name AS "actorName", action, subject_type AS "subjectType",
  subject_id AS "subjectId", before, after, request_id AS "requestId", address,
  (SELECT seq FROM audit_seals WHERE audit_id = page.id) AS seq`;

/** Where counting stops. */
export const TRAIL_COUNT_CAP = 10_000;

/** Reading the audit log. */
@Injectable()
export class AuditTrailService {
  constructor(private readonly database: Database) {}

  /** A page by its number, or after a cursor; newest first. Throws  InvalidInput where the cursor is none. */
  async list(
    filter: AuditFilter,
    request: PageRequest,
    cursor?: string,
  ): Promise<{ entries: TrailEntry[]; pagination: Pagination }> {
    const [rows, { total, isCapped }] = await Promise.all([
      this.read(filter, request, cursor === undefined ? null : readCursor(cursor)),
      this.count(filter),
    ]);
    const entries = rows.slice(0, request.perPage);
    const hasMore = rows.length > request.perPage;
    return {
      entries,
      pagination: {
        ...paginate(request, total),
        ...(isCapped && { total_capped: true }),
        next_cursor: hasMore ? encodeCursor([entries[entries.length - 1].id]) : null,
      },
    };
  }

  /** One row more than the page holds, which shows that another page follows. */
  private read(filter: AuditFilter, page: PageRequest, beforeId: number | null): Promise<TrailEntry[]> {
    const { shape, where, values } = auditCondition(filter);
    const next = values.length + 1;
    const walk =
      beforeId === null
        ? { name: 'page', where, last: (page.page - 1) * page.perPage, offset: `OFFSET $${next + 1}` }
        : {
            name: 'after',
            // The row that the cursor names knows its own time to the last digit.
            where: `${where} AND (a.at, a.id) < ((SELECT at FROM audit_log WHERE id = $${next + 1}), $${next + 1}::bigint)`,
            last: beforeId,
            offset: '',
          };
    return this.database.query<TrailEntry>(
      {
        name: `audit_${walk.name}_${shape}`,
        text: `SELECT ${COLUMNS} FROM (
                 SELECT * FROM audit_log AS a WHERE ${walk.where} ORDER BY a.at DESC, a.id DESC LIMIT $${next} ${walk.offset}
               ) AS page ORDER BY at DESC, id DESC`,
      },
      [...values, page.perPage + 1, walk.last],
    );
  }

  private async count(filter: AuditFilter): Promise<{ total: number; isCapped: boolean }> {
    const { shape, where, values } = auditCondition(filter);
    const [{ total }] = await this.database.query<{ total: number }>(
      {
        name: `audit_count_${shape}`,
        text: `SELECT count(*) AS total FROM (SELECT FROM audit_log AS a WHERE ${where} LIMIT ${TRAIL_COUNT_CAP + 1}) AS counted`,
      },
      values,
    );
    return { total: Math.min(total, TRAIL_COUNT_CAP), isCapped: total > TRAIL_COUNT_CAP };
  }
}

function readCursor(cursor: string): number {
  const [id] = decodeCursor(cursor, 1);
  if (!isId(id)) throw new InvalidInput('Invalid cursor');
  return id;
}
