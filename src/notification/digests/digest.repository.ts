import { Injectable } from '@nestjs/common';

import type { Severity } from '../../anomaly/anomaly.types';
import { AgedRows } from '../../database/aged-rows';
import { Database } from '../../database/database';
import type { Notice } from '../notices/notice';
import type { DigestSetting, Group, Shared } from './digest';

/** How many notices one message tells of. */
export const NOTICES_A_MESSAGE = 100;
/** Longer than any interval between the messages of a group. */
const FORGOTTEN_DAYS = 2;

/** A group of which something is to be told now. */
export interface DueGroup extends Record<string, unknown> {
  readonly endpointId: number;
  readonly key: string;
  readonly shared: Shared;
  /** By the database's clock. */
  readonly now: Date;
}

/** A notice that waits for company. */
export interface Gathered extends Record<string, unknown> {
  readonly id: string;
  readonly severity: Severity | null;
  readonly notice: Notice;
  readonly at: Date;
}

// The group is asked for last: whoever tells it at this moment lets go of it first, and does not overlook what comes.
const GATHER = {
  name: 'notification_digest_gather',
  text: `WITH grouped AS (
           INSERT INTO notification_groups AS g (endpoint_id, key, shared, due_at) VALUES ($1, $2, $3, now() + make_interval(secs => $4))
           ON CONFLICT ON CONSTRAINT notification_groups_pk DO UPDATE
           SET due_at = coalesce(g.due_at, greatest(now() + make_interval(secs => $4), g.told_at + make_interval(secs => $5)))
           RETURNING due_at)
         INSERT INTO notification_deliveries (endpoint_id, notice_key, type, body, notice, group_key, state, due_at, give_up_at)
         SELECT $1, $6, $7, $8, $9, $2, 'gathering', due_at, due_at + interval '1 day' FROM grouped
         ON CONFLICT ON CONSTRAINT notification_delivery_once DO NOTHING RETURNING id`,
};

const LOCK_DUE = {
  name: 'notification_digest_lock_due',
  text: `SELECT g.endpoint_id AS "endpointId", g.key, g.shared, clock_timestamp() AS now
         FROM notification_groups AS g JOIN notification_endpoints AS e ON e.id = g.endpoint_id
         WHERE g.due_at <= now() AND e.is_enabled ORDER BY g.due_at LIMIT 1 FOR UPDATE OF g SKIP LOCKED`,
};

// What is critical first, so that quiet hours hold no more than they should however much there is.
const LIST_GATHERED = {
  name: 'notification_digest_list_gathered',
  text: `SELECT id, notice->>'severity' AS severity, notice, created_at AS at
         FROM notification_deliveries WHERE endpoint_id = $1 AND group_key = $2 AND state = 'gathering'
         ORDER BY notice->>'severity' = 'critical' DESC NULLS LAST, created_at, id LIMIT ${NOTICES_A_MESSAGE} FOR UPDATE`,
};

const RELEASE = {
  name: 'notification_digest_release',
  text: `UPDATE notification_deliveries SET state = 'waiting', notice = NULL, due_at = now(), give_up_at = now() + interval '1 day' WHERE id = $1`,
};

const TELL_TOGETHER = {
  name: 'notification_digest_tell_together',
  text: `UPDATE notification_deliveries SET state = 'grouped', notice = NULL, digest_id = $2, ended_at = now() WHERE id = ANY ($1::uuid[])`,
};

const HOLD = {
  name: 'notification_digest_hold',
  text: `UPDATE notification_deliveries SET due_at = $3::timestamptz, give_up_at = $3::timestamptz + interval '1 day'
         WHERE endpoint_id = $1 AND group_key = $2 AND state = 'gathering'`,
};

const SETTLE = {
  name: 'notification_digest_settle',
  text: `UPDATE notification_groups SET due_at = $3, told_at = CASE WHEN $4 THEN now() ELSE told_at END WHERE endpoint_id = $1 AND key = $2`,
};

/** The SQL of digests. What gathers are deliveries that do not leave yet, so that none is told twice, and the log shows them. */
@Injectable()
export class DigestRepository {
  private readonly forgettable: AgedRows;

  constructor(private readonly database: Database) {
    this.forgettable = new AgedRows(database, {
      table: 'notification_groups',
      since: 'told_at',
      condition: 'due_at IS NULL',
    });
  }

  /** Has a notice wait for company; returns its delivery's id, null where the endpoint is told of it already. */
  async gather(
    endpointId: number,
    { key, shared }: Group,
    { waitSeconds, intervalSeconds }: DigestSetting,
    notice: Notice,
    body: string,
  ): Promise<string | null> {
    const made = await this.database.query<{ id: string }>(GATHER, [
      endpointId,
      key,
      JSON.stringify(shared),
      waitSeconds,
      intervalSeconds,
      notice.key,
      notice.type,
      body,
      JSON.stringify(notice),
    ]);
    return made[0]?.id ?? null;
  }

  /** The group that is due for longest, this transaction's until it ends; null where there is none that nobody else tells. */
  async lockDue(): Promise<DueGroup | null> {
    return (await this.database.query<DueGroup>(LOCK_DUE))[0] ?? null;
  }

  /** What a locked group has gathered, as far as one message tells it. */
  listGathered({ endpointId, key }: DueGroup): Promise<Gathered[]> {
    return this.database.query<Gathered>(LIST_GATHERED, [endpointId, key]);
  }

  /** What found no company is told by itself. */
  async release(id: string): Promise<void> {
    await this.database.query(RELEASE, [id]);
  }

  async tellTogether(ids: readonly string[], digestId: string): Promise<void> {
    await this.database.query(TELL_TOGETHER, [ids, digestId]);
  }

  /** Has what a group still gathers wait longer. */
  async hold({ endpointId, key }: DueGroup, until: Date): Promise<void> {
    await this.database.query(HOLD, [endpointId, key, until]);
  }

  /** When a group is due next, and whether something of it was told now. */
  async settle({ endpointId, key }: DueGroup, dueAt: Date | null, isTold: boolean): Promise<void> {
    await this.database.query(SETTLE, [endpointId, key, dueAt, isTold]);
  }

  /** Deletes groups that have been told nothing for so long that they say nothing any more; returns how many. */
  purge(limit: number): Promise<number> {
    return this.forgettable.purge(FORGOTTEN_DAYS, limit);
  }
}
