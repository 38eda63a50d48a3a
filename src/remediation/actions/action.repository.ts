import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { FindOptionsWhere, IsNull, Repository } from 'typeorm';

import { PageRequest } from '../../common/http/pagination';
import { Database } from '../../database/database';
import { RemediationAction } from './action.entity';
import type { ActionFilter, Origin } from './action.types';
import type { ActionStatus } from './action-lifecycle';
import type { ActionType } from './action-type';
import type { Outcome } from './outcome';
import type { Priority } from './priority';

/** An action that is locked, with what the database's clock says of it. */
export interface LockedAction {
  readonly action: RemediationAction;
  readonly isExpired: boolean;
  /** Whether the time for which it is scheduled has come. */
  readonly isDue: boolean;
}

const TIMES = {
  name: 'remediation_action_times',
  text: `SELECT expires_at <= clock_timestamp() AS "isExpired", coalesce(scheduled_at <= clock_timestamp(), false) AS "isDue"
         FROM remediation_actions WHERE id = $1`,
};

const EXPIRED = {
  name: 'remediation_expired_actions',
  text: `SELECT id FROM remediation_actions WHERE status IN ('pending', 'approved', 'scheduled') AND expires_at <= now() AND deleted_at IS NULL
         ORDER BY expires_at LIMIT 100`,
};

const DUE = {
  name: 'remediation_due_actions',
  text: `SELECT id FROM remediation_actions WHERE status = 'scheduled' AND scheduled_at <= clock_timestamp() AND expires_at > clock_timestamp()
           AND deleted_at IS NULL ORDER BY scheduled_at, id LIMIT 100`,
};

const NOW = { name: 'remediation_now', text: 'SELECT clock_timestamp() AS now' };

const COUNTS = {
  name: 'remediation_action_counts',
  text: `SELECT status, action_type AS "actionType", priority, outcome, rollback_of IS NOT NULL AS "isRollback", count(*) AS count
         FROM remediation_actions WHERE deleted_at IS NULL GROUP BY 1, 2, 3, 4, 5`,
};

const LAST_OUTCOMES = {
  name: 'remediation_last_outcomes',
  text: `SELECT id, status, outcome, rollback_of IS NOT NULL AS "isRollback", finished_at AS "finishedAt", error_message AS "errorMessage"
         FROM remediation_actions
         WHERE action_type = $1 AND target_id IS NOT DISTINCT FROM $2 AND status IN ('completed', 'failed') AND deleted_at IS NULL
         ORDER BY id DESC LIMIT $3`,
};

const LOCK_PROPOSING = {
  name: 'remediation_lock_proposing',
  text: 'SELECT pg_advisory_xact_lock(7203454, 2)',
};

const ACTIVE_TWIN = {
  name: 'remediation_active_twin',
  text: `SELECT id FROM remediation_actions WHERE action_type = $1 AND target_id = $2
           AND status IN ('pending', 'approved', 'scheduled', 'in_progress') AND deleted_at IS NULL LIMIT 1`,
};

const OF_ANOMALY = {
  name: 'remediation_actions_of_anomaly',
  text: `SELECT id, status, outcome, origin, rank, deleted_at IS NOT NULL AS "isHidden" FROM remediation_actions WHERE anomaly_id = $1 ORDER BY id`,
};

const RECENT_OF_RULE = {
  name: 'remediation_recent_of_rule',
  text: `SELECT id FROM remediation_actions WHERE rule_id = $1 AND target_id = $2 AND created_at > now() - make_interval(secs => $3) LIMIT 1`,
};

// One after the other: none while one is under way, and none after one that did not end well.
const NEXT_ROLLBACK = {
  name: 'remediation_next_rollback',
  text: `SELECT id FROM remediation_actions WHERE rollback_of = $1 AND status = 'pending' AND deleted_at IS NULL
           AND NOT EXISTS (SELECT FROM remediation_actions AS other WHERE other.rollback_of = $1 AND other.status IN ('in_progress', 'failed', 'cancelled', 'rejected'))
         ORDER BY id LIMIT 1`,
};

/** How many visible actions share these. */
export interface ActionCount {
  readonly status: ActionStatus;
  readonly actionType: ActionType;
  readonly priority: Priority;
  readonly outcome: Outcome | null;
  readonly isRollback: boolean;
  readonly count: number;
}

/** How an action stands among the others for its anomaly. */
export interface ActionPlace extends Record<string, unknown> {
  readonly id: number;
  readonly status: ActionStatus;
  readonly outcome: Outcome | null;
  readonly origin: Origin;
  readonly rank: number | null;
  readonly isHidden: boolean;
}

/** How an action of the same kind on the same target ended. */
export interface PastOutcome {
  readonly id: number;
  readonly status: ActionStatus;
  readonly outcome: string | null;
  /** It took another back. */
  readonly isRollback: boolean;
  readonly finishedAt: Date | null;
  readonly errorMessage: string | null;
}

/** The SQL of actions. */
@Injectable()
export class ActionRepository {
  constructor(
    @InjectRepository(RemediationAction) private readonly actions: Repository<RemediationAction>,
    private readonly database: Database,
  ) {}

  find(id: number): Promise<RemediationAction | null> {
    return this.rows.findOneBy({ id, deletedAt: IsNull() });
  }

  /** The action, locked until the transaction ends, and what the database's clock says of it. */
  async lock(id: number): Promise<LockedAction | null> {
    const action = await this.rows.findOne({
      where: { id, deletedAt: IsNull() },
      lock: { mode: 'pessimistic_write' },
    });
    if (action === null) return null;
    const [times] = await this.database.query<Omit<LockedAction, 'action'>>(TIMES, [id]);
    return { action, ...times };
  }

  /** Stores a new action that expires `proposalSeconds` from now, by the database's clock. */
  async insert(action: Partial<RemediationAction>, proposalSeconds: number): Promise<RemediationAction> {
    const { raw } = (await this.rows
      .createQueryBuilder()
      .insert()
      .values({
        ...(action as object),
        expiresAt: () => `now() + make_interval(secs => ${Number(proposalSeconds)})`,
      })
      .returning('id')
      .execute()) as { raw: { id: number }[] };
    return this.rows.findOneByOrFail({ id: Number(raw[0].id) });
  }

  /** Writes a changed action: a new version. `expireInSeconds` moves its expiry, by the database's clock. */
  async save(
    action: RemediationAction,
    change: Partial<RemediationAction>,
    expireInSeconds?: number,
  ): Promise<RemediationAction> {
    await this.rows
      .createQueryBuilder()
      .update()
      .set({
        ...(change as object),
        version: () => 'version + 1',
        updatedAt: () => 'now()',
        ...(expireInSeconds !== undefined && {
          expiresAt: () => `now() + make_interval(secs => ${Number(expireInSeconds)})`,
        }),
      })
      .where({ id: action.id })
      .execute();
    return this.rows.findOneByOrFail({ id: action.id });
  }

  /** Newest first, with how many there are. */
  list(filter: ActionFilter, { page, perPage }: PageRequest): Promise<[RemediationAction[], number]> {
    return this.rows.findAndCount({
      where: conditionOf(filter),
      order: { id: 'DESC' },
      take: perPage,
      skip: (page - 1) * perPage,
    });
  }

  /** Newest first, a page at a time, so that an export of any size needs little memory. */
  async *stream(filter: ActionFilter, cap: number): AsyncGenerator<RemediationAction> {
    const pageSize = 500;
    let before: number | null = null;
    for (let told = 0; told < cap;) {
      const query = this.rows.createQueryBuilder('action').where(conditionOf(filter));
      if (before !== null) query.andWhere('action.id < :before', { before });
      const rows: RemediationAction[] = await query.orderBy('action.id', 'DESC').limit(pageSize).getMany();
      yield* rows;
      told += rows.length;
      if (rows.length < pageSize) return;
      before = rows[rows.length - 1].id;
    }
  }

  counts(): Promise<ActionCount[]> {
    return this.database.query<ActionCount>(COUNTS);
  }

  /** How the latest actions of a type on a target ended, newest first. */
  lastOutcomes(actionType: ActionType, targetId: number | null, limit: number): Promise<PastOutcome[]> {
    return this.database.query<PastOutcome>(LAST_OUTCOMES, [actionType, targetId, limit]);
  }

  /** Keeps others from proposing by rule until the transaction ends. */
  async lockProposing(): Promise<void> {
    await this.database.query(LOCK_PROPOSING);
  }

  /** Whether the same is already proposed or under way for a target. */
  async hasActiveTwin(actionType: ActionType, targetId: number | null): Promise<boolean> {
    return (await this.database.query(ACTIVE_TWIN, [actionType, targetId])).length > 0;
  }

  /** Whether a rule has proposed something for a target within so many seconds. */
  async hasRecentOf(ruleId: number, targetId: number | null, seconds: number): Promise<boolean> {
    return (await this.database.query(RECENT_OF_RULE, [ruleId, targetId, seconds])).length > 0;
  }

  /** All that there are for an anomaly, hidden ones as well. */
  listOfAnomaly(anomalyId: number): Promise<ActionPlace[]> {
    return this.database.query<ActionPlace>(OF_ANOMALY, [anomalyId]);
  }

  /** Whether something takes an action's steps back already. */
  hasRollbackOf(actionId: number): Promise<boolean> {
    return this.rows.existsBy({ rollbackOf: actionId });
  }

  /** What is to take an action's next step back; null where that is under way, over, or stopped. */
  async findNextRollbackOf(actionId: number): Promise<number | null> {
    return (await this.database.query<{ id: number }>(NEXT_ROLLBACK, [actionId]))[0]?.id ?? null;
  }

  /** Actions that nobody answered or executed in time. */
  async listExpired(): Promise<number[]> {
    return (await this.database.query<{ id: number }>(EXPIRED)).map(({ id }) => id);
  }

  /** What the database's clock shows. */
  async now(): Promise<Date> {
    return (await this.database.query<{ now: Date }>(NOW))[0].now;
  }

  /** Scheduled actions whose time has come and is not over, the earliest first. */
  async listDue(): Promise<number[]> {
    return (await this.database.query<{ id: number }>(DUE)).map(({ id }) => id);
  }

  private get rows(): Repository<RemediationAction> {
    return this.database.bind(this.actions);
  }
}

function conditionOf({
  status,
  actionType,
  priority,
  anomalyId,
  outcome,
}: ActionFilter): FindOptionsWhere<RemediationAction> {
  return {
    deletedAt: IsNull(),
    ...(status !== undefined && { status: status as ActionStatus }),
    ...(actionType !== undefined && { actionType: actionType as ActionType }),
    ...(priority !== undefined && { priority: priority as Priority }),
    ...(anomalyId !== undefined && { anomalyId }),
    ...(outcome !== undefined && { outcome: outcome as Outcome }),
  };
}
