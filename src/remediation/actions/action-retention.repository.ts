import { Injectable } from '@nestjs/common';

import { Database } from '../../database/database';
import { ForeignReferences } from '../../database/foreign-references';
import { PurgedBatch, WalkPosition } from '../../database/retention-classes';

/** A row of the walk over actions: where it stands. */
interface Place extends Record<string, unknown> {
  readonly id: number;
  /** To the last digit, as the next statement takes it back. */
  readonly at: string;
}

// As the index says it.
const IS_OVER = `(status IN ('completed', 'failed', 'cancelled', 'rejected') OR deleted_at IS NOT NULL)`;
/** Nothing of it is under way, and nobody still has to say what became of it. */
const IS_SETTLED = `NOT EXISTS (
  SELECT FROM remediation_steps AS step WHERE step.action_id = action.id
    AND (step.state IN ('queued', 'dispatching') OR step.state = 'unknown' AND action.deleted_at IS NULL))`;

const LOCK_OVER = {
  name: 'remediation_retention_lock',
  text: `SELECT id, updated_at::text AS at FROM remediation_actions
         WHERE ${IS_OVER} AND updated_at < now() - make_interval(days => $1) AND (updated_at, id) > ($2::timestamptz, $3::bigint)
         ORDER BY updated_at, id LIMIT $4 FOR UPDATE SKIP LOCKED`,
};

const OLDEST_OVER = {
  name: 'remediation_retention_oldest',
  text: `SELECT min(updated_at) AS at FROM remediation_actions WHERE ${IS_OVER}`,
};

/** Deleting actions that have had their time, in two statements a batch, as anomalies are; steps, approvals and log go by their keys. */
@Injectable()
export class ActionRetentionRepository {
  constructor(
    private readonly database: Database,
    private readonly references: ForeignReferences,
  ) {}

  /** Actions that are over or hidden, nothing having happened to them for so many days; in a transaction. */
  async purge(days: number, limit: number, after: WalkPosition | null): Promise<PurgedBatch> {
    const places = await this.database.query<Place>(LOCK_OVER, [days, ...(after ?? ['-infinity', 0]), limit]);
    // What was to take another back refers to it, and goes first.
    const isFree = await this.references.absent('remediation_actions', 'action', []);
    const [{ deleted }] = await this.database.execute<{ deleted: number }>(
      `WITH gone AS (DELETE FROM remediation_actions AS action WHERE action.id = ANY ($1) AND ${IS_SETTLED} AND ${isFree} RETURNING action.id)
       SELECT count(*) AS deleted FROM gone`,
      [places.map(({ id }) => id)],
    );
    const last = places.at(-1);
    return { deleted, next: last === undefined || places.length < limit ? null : [last.at, last.id] };
  }

  /** The last change of the action that has been over for longest. */
  async oldestOver(): Promise<Date | null> {
    return (await this.database.query<{ at: Date | null }>(OLDEST_OVER))[0].at;
  }
}
