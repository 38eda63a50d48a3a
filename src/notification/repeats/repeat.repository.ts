import { Injectable } from '@nestjs/common';

import { Database } from '../../database/database';
import type { NotificationEndpoint } from '../endpoints/endpoint.entity';
import type { Notice, Subject } from '../notices/notice';
import { isRepeated, repeatKey } from './repeat';

/** Something that an endpoint has been told of, and may be told of again now. */
export interface DueRepeat extends Record<string, unknown> {
  readonly endpointId: number;
  readonly kind: Exclude<Subject['kind'], 'action'>;
  readonly subjectId: number;
  readonly openingKey: string;
  readonly toldAgain: number;
  /** By the database's clock. */
  readonly now: Date;
}

/** What became of a notice that an endpoint was told. */
export interface LastTold extends Record<string, unknown> {
  /** Null while it is on its way. */
  readonly endedAt: Date | null;
}

const BEGIN = {
  name: 'notification_repeat_begin',
  text: `INSERT INTO notification_repeats (endpoint_id, subject_kind, subject_id, opening_key, due_at)
         VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5))
         ON CONFLICT ON CONSTRAINT notification_repeats_pk
         DO UPDATE SET opening_key = excluded.opening_key, told_again = 0, due_at = excluded.due_at`,
};

const LOCK_DUE = {
  name: 'notification_repeat_lock_due',
  text: `SELECT r.endpoint_id AS "endpointId", r.subject_kind AS kind, r.subject_id AS "subjectId", r.opening_key AS "openingKey",
           r.told_again AS "toldAgain", clock_timestamp() AS now
         FROM notification_repeats AS r JOIN notification_endpoints AS e ON e.id = r.endpoint_id
         WHERE r.due_at <= now() AND e.is_enabled ORDER BY r.due_at LIMIT 1 FOR UPDATE OF r SKIP LOCKED`,
};

const LAST_TOLD = {
  name: 'notification_repeat_last_told',
  text: 'SELECT ended_at AS "endedAt" FROM notification_deliveries WHERE endpoint_id = $1 AND notice_key = $2',
};

const POSTPONE = {
  name: 'notification_repeat_postpone',
  text: `UPDATE notification_repeats SET due_at = $4, told_again = $5 WHERE endpoint_id = $1 AND subject_kind = $2 AND subject_id = $3`,
};

const FORGET = {
  name: 'notification_repeat_forget',
  text: 'DELETE FROM notification_repeats WHERE endpoint_id = $1 AND subject_kind = $2 AND subject_id = $3',
};

/** The SQL of what is told again. */
@Injectable()
export class RepeatRepository {
  constructor(private readonly database: Database) {}

  /** From now on counts when an endpoint is told again of what a notice says, where it is to be. */
  async begin(
    { id, repeatIntervalSeconds }: NotificationEndpoint,
    { about, key, ...notice }: Notice,
  ): Promise<void> {
    if (repeatIntervalSeconds === null || about === null || !isRepeated(notice)) return;
    await this.database.query(BEGIN, [id, about.kind, about.id, key, repeatIntervalSeconds]);
  }

  /** What is due for longest, this transaction's until it ends; null where there is nothing that nobody else looks at. */
  async lockDue(): Promise<DueRepeat | null> {
    return (await this.database.query<DueRepeat>(LOCK_DUE))[0] ?? null;
  }

  /** What became of the last notice of it; null where the log has forgotten it. */
  async findLastTold({ endpointId, openingKey, toldAgain }: DueRepeat): Promise<LastTold | null> {
    const key = repeatKey(openingKey, toldAgain);
    return (await this.database.query<LastTold>(LAST_TOLD, [endpointId, key]))[0] ?? null;
  }

  async postpone({ endpointId, kind, subjectId }: DueRepeat, dueAt: Date, toldAgain: number): Promise<void> {
    await this.database.query(POSTPONE, [endpointId, kind, subjectId, dueAt, toldAgain]);
  }

  async forget({ endpointId, kind, subjectId }: DueRepeat): Promise<void> {
    await this.database.query(FORGET, [endpointId, kind, subjectId]);
  }
}
