import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { FindOptionsWhere, Repository } from 'typeorm';

import type { PageRequest } from '../../common/http/pagination';
import { Database } from '../../database/database';
import { AutonomyChange } from './autonomy-change.entity';
import { AutonomyDecision, type DecisionOutcome } from './autonomy-decision.entity';
import type { ChangeCounts, DecisionCount, OutcomeCount } from './autonomy-statistics';
import type { Cell } from './cell';

/** Which decisions a list shows; all conditions hold together. */
export interface DecisionFilter {
  readonly outcome?: DecisionOutcome;
  readonly actionId?: number;
  readonly anomalyId?: number;
}

const COUNTS = {
  name: 'autonomy_decision_counts',
  text: `SELECT mode, outcome, granted_by AS "grantedBy", count(*) AS count FROM autonomy_decisions
         WHERE at > now() - make_interval(days => $1) GROUP BY 1, 2, 3`,
};

const OUTCOMES = {
  name: 'autonomy_outcomes',
  text: `SELECT evidence.outcome, count(*) AS count FROM autonomy_decisions AS decision
         LEFT JOIN remediation_evidence AS evidence ON evidence.action_id = decision.action_id
         WHERE decision.outcome = 'begun' AND decision.at > now() - make_interval(days => $1) GROUP BY 1`,
};

const CHANGES = {
  name: 'autonomy_change_counts',
  text: `SELECT count(*) FILTER (WHERE is_promotion) AS promotions, count(*) FILTER (WHERE NOT is_promotion) AS losses
         FROM autonomy_changes WHERE at > now() - make_interval(days => $1)`,
};

/** Begun by itself, and nothing of it has been claimed yet. */
const UNBEGUN = {
  name: 'autonomy_unbegun',
  text: `SELECT action.id FROM autonomy_decisions AS decision JOIN remediation_actions AS action ON action.id = decision.action_id
         WHERE decision.outcome = 'begun' AND action.status = 'in_progress' AND action.first_claimed_at IS NULL
           AND decision.action_type = $1 AND decision.anomaly_class = $2 AND decision.target_group = $3 AND decision.remedy = $4
         ORDER BY action.id`,
};

/** What the product proposed by itself for anomalies that are not over, and what has not begun. */
const WAITING = {
  name: 'autonomy_waiting',
  text: `SELECT action.id FROM remediation_actions AS action JOIN anomalies AS anomaly ON anomaly.id = action.anomaly_id
         WHERE action.status IN ('pending', 'approved') AND action.origin = 'rule' AND action.requested_by_kind = 'system'
           AND action.deleted_at IS NULL AND action.expires_at > now() AND anomaly.status IN ('open', 'acknowledged') AND anomaly.deleted_at IS NULL
           AND action.id > $1
         ORDER BY action.id LIMIT $2`,
};

/** The SQL of what autonomy decided, and of the levels that cells came to. */
@Injectable()
export class AutonomyHistoryRepository {
  constructor(
    @InjectRepository(AutonomyDecision) private readonly decisionRows: Repository<AutonomyDecision>,
    @InjectRepository(AutonomyChange) private readonly changeRows: Repository<AutonomyChange>,
    private readonly database: Database,
  ) {}

  /** Writes a decision, unless it is the same as the one before for its action: what is looked at again is no news. */
  async keep(decision: Omit<AutonomyDecision, 'id' | 'at'>): Promise<void> {
    const before = await this.decisions.findOne({
      where: { actionId: decision.actionId },
      order: { id: 'DESC' },
    });
    const isSame =
      before?.outcome === decision.outcome &&
      before.reason === decision.reason &&
      before.mode === decision.mode &&
      before.level === decision.level;
    if (!isSame) await this.decisions.insert(decision);
  }

  /** Latest first, with how many there are. */
  list(
    { outcome, actionId, anomalyId }: DecisionFilter,
    { page, perPage }: PageRequest,
  ): Promise<[AutonomyDecision[], number]> {
    const where: FindOptionsWhere<AutonomyDecision> = {
      ...(outcome !== undefined && { outcome }),
      ...(actionId !== undefined && { actionId }),
      ...(anomalyId !== undefined && { anomalyId }),
    };
    return this.decisions.findAndCount({
      where,
      order: { id: 'DESC' },
      take: perPage,
      skip: (page - 1) * perPage,
    });
  }

  /** Writes that a cell came to another level; false where that was written already. */
  async keepChange(change: Omit<AutonomyChange, 'at'>): Promise<boolean> {
    const inserted = await this.changes
      .createQueryBuilder()
      .insert()
      .values(change)
      .orIgnore()
      .returning('evidence_id')
      .execute();
    return (inserted.raw as unknown[]).length > 0;
  }

  /** Actions of a cell that the product let begin, and that no worker has claimed yet. */
  async listUnbegun({ actionType, anomalyClass, targetGroup, remedy }: Cell): Promise<number[]> {
    const key = [actionType, anomalyClass, targetGroup, remedy];
    return (await this.database.query<{ id: number }>(UNBEGUN, key)).map(({ id }) => id);
  }

  /** What waits and may come to begin by itself, in the order of ids after one. */
  async listWaiting(afterId: number, limit: number): Promise<number[]> {
    return (await this.database.query<{ id: number }>(WAITING, [afterId, limit])).map(({ id }) => id);
  }

  countDecisions(days: number): Promise<DecisionCount[]> {
    return this.database.query<DecisionCount & Record<string, unknown>>(COUNTS, [days]);
  }

  countOutcomes(days: number): Promise<OutcomeCount[]> {
    return this.database.query<OutcomeCount & Record<string, unknown>>(OUTCOMES, [days]);
  }

  async countChanges(days: number): Promise<ChangeCounts> {
    return (await this.database.query<ChangeCounts & Record<string, unknown>>(CHANGES, [days]))[0];
  }

  private get decisions(): Repository<AutonomyDecision> {
    return this.database.bind(this.decisionRows);
  }

  private get changes(): Repository<AutonomyChange> {
    return this.database.bind(this.changeRows);
  }
}
