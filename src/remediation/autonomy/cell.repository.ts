import { Injectable } from '@nestjs/common';

import type { Severity } from '../../anomaly/anomaly.types';
import type { PageRequest } from '../../common/http/pagination';
import { Database } from '../../database/database';
import type { ActionType } from '../actions/action-type';
import type { EvidenceOutcome } from '../verification/evidence.entity';
import type { Cell } from './cell';

/** A piece of a cell's evidence, as its level is computed from it. */
export interface CellEvidence extends Record<string, unknown> {
  readonly id: number;
  /** Null where people took trust away. */
  readonly actionId: number | null;
  readonly at: Date;
  readonly outcome: EvidenceOutcome;
  readonly selfRecovery: number | null;
}

/** The cell of an action, with what its steps reach. */
export interface ActionCell extends Cell {
  readonly stepTypes: readonly ActionType[];
  readonly stepGroups: readonly string[];
}

/** Which cells a list shows; all conditions hold together. */
export interface CellFilter {
  readonly actionType?: string;
  readonly anomalyClass?: string;
  readonly targetGroup?: string;
}

const LOCK = {
  name: 'autonomy_lock',
  text: 'SELECT pg_advisory_xact_lock(7203454, 3)',
};

const OF_CELL = 'action_type = $1 AND anomaly_class = $2 AND target_group = $3 AND remedy = $4';
const LOSES_ALL = `outcome IN ('made_worse', 'revoked')`;

/** From what last took all trust away on: nothing before that counts. */
const EVIDENCE = {
  name: 'autonomy_cell_evidence',
  text: `SELECT id, action_id AS "actionId", at, outcome, self_recovery AS "selfRecovery" FROM remediation_evidence
         WHERE ${OF_CELL} AND id <= $5
           AND id >= coalesce((SELECT max(id) FROM remediation_evidence WHERE ${OF_CELL} AND id <= $5 AND ${LOSES_ALL}), 0)
         ORDER BY id`,
};

const OF_ACTION = {
  name: 'autonomy_evidence_of_action',
  text: `SELECT id, action_type AS "actionType", remedy, anomaly_class AS "anomalyClass", target_group AS "targetGroup"
         FROM remediation_evidence WHERE action_id = $1`,
};

// The cell as its evidence will have it.
const ACTION_CELL = {
  name: 'autonomy_cell_of_action',
  text: `SELECT action.action_type AS "actionType", coalesce('runbook:' || version.runbook_id, action.action_type) AS remedy,
           action.anomaly_class AS "anomalyClass", coalesce(target."group", target.name) AS "targetGroup",
           ARRAY(SELECT DISTINCT step.action_type FROM remediation_steps AS step WHERE step.action_id = action.id ORDER BY 1) AS "stepTypes",
           ARRAY(SELECT DISTINCT coalesce(reached."group", reached.name) FROM remediation_steps AS step
                 JOIN remediation_targets AS reached ON reached.id = step.target_id WHERE step.action_id = action.id ORDER BY 1) AS "stepGroups"
         FROM remediation_actions AS action
         JOIN remediation_targets AS target ON target.id = action.target_id
         LEFT JOIN runbook_versions AS version ON version.id = action.runbook_version_id
         WHERE action.id = $1 AND action.anomaly_class IS NOT NULL AND action.anomaly_id IS NOT NULL`,
};

const LIST = {
  name: 'autonomy_cells',
  text: `SELECT action_type AS "actionType", remedy, anomaly_class AS "anomalyClass", target_group AS "targetGroup", count(*) OVER () AS total
         FROM remediation_evidence
         WHERE ($1::text IS NULL OR action_type = $1) AND ($2::text IS NULL OR anomaly_class = $2) AND ($3::text IS NULL OR target_group = $3)
         GROUP BY 1, 2, 3, 4 ORDER BY max(id) DESC LIMIT $4 OFFSET $5`,
};

const REVOKE = {
  name: 'autonomy_revoke',
  text: `INSERT INTO remediation_evidence (action_type, anomaly_class, target_group, remedy, severity, outcome)
         VALUES ($1, $2, $3, $4, $5, 'revoked') RETURNING id`,
};

/** No evidence has a greater id. */
const LATEST = Number.MAX_SAFE_INTEGER;
/** A row of evidence has one; of a revocation it says nothing. */
const NO_SEVERITY: Severity = 'low';

/** The SQL of cells: evidence, read by what trust is earned for. */
@Injectable()
export class CellRepository {
  constructor(private readonly database: Database) {}

  /** Keeps others from letting something begin by itself, and from judging trust, until the transaction ends. Taken before any action's lock. */
  async lock(): Promise<void> {
    await this.database.query(LOCK);
  }

  /** What counts of a cell's evidence up to a piece of it, oldest first. */
  listEvidence(cell: Cell, upToId = LATEST): Promise<CellEvidence[]> {
    return this.database.query<CellEvidence>(EVIDENCE, [...keyOf(cell), upToId]);
  }

  /** The cell to which an action has given evidence, and which piece; null where it has given none. */
  async findByAction(actionId: number): Promise<{ evidenceId: number; cell: Cell } | null> {
    const [row] = await this.database.query<Cell & { id: number }>(OF_ACTION, [actionId]);
    if (row === undefined) return null;
    const { id, ...cell } = row;
    return { evidenceId: id, cell };
  }

  /** The cell that an action belongs to; null where it has no anomaly or no target. */
  async cellOf(actionId: number): Promise<ActionCell | null> {
    return (
      (await this.database.query<ActionCell & Record<string, unknown>>(ACTION_CELL, [actionId]))[0] ?? null
    );
  }

  /** Those with evidence, the ones with the latest first, with how many there are. */
  async list(
    { actionType, anomalyClass, targetGroup }: CellFilter,
    { page, perPage }: PageRequest,
  ): Promise<[Cell[], number]> {
    const filter = [actionType ?? null, anomalyClass ?? null, targetGroup ?? null];
    const rows = await this.database.query<Cell & { total: number }>(LIST, [
      ...filter,
      perPage,
      (page - 1) * perPage,
    ]);
    return [rows.map(({ total: _, ...cell }) => cell), rows[0]?.total ?? 0];
  }

  /** Writes that people took a cell's trust away; returns the piece of evidence that says so. */
  async revoke(cell: Cell): Promise<number> {
    return (await this.database.query<{ id: number }>(REVOKE, [...keyOf(cell), NO_SEVERITY]))[0].id;
  }
}

function keyOf({ actionType, anomalyClass, targetGroup, remedy }: Cell): string[] {
  return [actionType, anomalyClass, targetGroup, remedy];
}
