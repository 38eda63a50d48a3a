import { Injectable } from '@nestjs/common';

import type { PageRequest } from '../../common/http/pagination';
import { Database } from '../../database/database';
import type { EvidenceOutcome } from '../verification/evidence.entity';

/** What one action showed, as far as ranking and effectiveness look at it. */
export interface EvidenceRow {
  readonly id: number;
  readonly actionId: number | null;
  readonly at: Date;
  readonly remedy: string;
  readonly anomalyClass: string;
  readonly targetGroup: string;
  readonly outcome: EvidenceOutcome;
  readonly ageSeconds: number | null;
  readonly horizonSeconds: number | null;
  readonly recoverySeconds: number | null;
  readonly selfRecovery: number | null;
}

/** A remedy for one kind of trouble. */
export interface RemedyCell {
  readonly remedy: string;
  readonly anomalyClass: string;
}

const COLUMNS = `id, action_id AS "actionId", at, remedy, anomaly_class AS "anomalyClass", target_group AS "targetGroup", outcome,
  age_seconds AS "ageSeconds", horizon_seconds AS "horizonSeconds", recovery_seconds AS "recoverySeconds", self_recovery AS "selfRecovery"`;

// What is known of this kind of trouble, and what is known of any: the one must not be crowded out by the other.
const LATEST_OF_REMEDIES = {
  name: 'remediation_evidence_latest_of_remedies',
  text: `SELECT evidence.* FROM unnest($1::text[]) AS asked (remedy)
         CROSS JOIN LATERAL (
           (SELECT ${COLUMNS} FROM remediation_evidence AS row
            WHERE row.remedy = asked.remedy AND anomaly_class = $2 AND action_id IS NOT NULL ORDER BY id DESC LIMIT $3)
           UNION
           (SELECT ${COLUMNS} FROM remediation_evidence AS row
            WHERE row.remedy = asked.remedy AND action_id IS NOT NULL ORDER BY id DESC LIMIT $3)
         ) AS evidence
         ORDER BY evidence.id`,
};

const REMEDIES_OF_CLASS = {
  name: 'remediation_evidence_remedies_of_class',
  text: `SELECT DISTINCT remedy FROM remediation_evidence
         WHERE anomaly_class = $1 AND ($2::text IS NULL OR target_group = $2) AND action_id IS NOT NULL ORDER BY remedy LIMIT $3`,
};

const CELLS = `FROM remediation_evidence
  WHERE action_id IS NOT NULL AND ($1::text IS NULL OR anomaly_class = $1) AND ($2::text IS NULL OR remedy = $2) GROUP BY anomaly_class, remedy`;

const CELLS_PAGE = {
  name: 'remediation_evidence_cells',
  text: `SELECT anomaly_class AS "anomalyClass", remedy ${CELLS} ORDER BY max(id) DESC LIMIT $3 OFFSET $4`,
};

const CELLS_COUNT = {
  name: 'remediation_evidence_cells_count',
  text: `SELECT count(*) AS count FROM (SELECT 1 ${CELLS}) AS cells`,
};

const CELL_OF_ACTION = {
  name: 'remediation_cell_of_action',
  text: `SELECT coalesce('runbook:' || version.runbook_id, action.action_type) AS remedy, action.anomaly_class AS "anomalyClass"
         FROM remediation_actions AS action LEFT JOIN runbook_versions AS version ON version.id = action.runbook_version_id
         WHERE action.id = $1 AND action.anomaly_class IS NOT NULL AND action.rollback_of IS NULL`,
};

const FIRST_CLAIMS = {
  name: 'remediation_first_claims_on_anomalies',
  text: `SELECT anomaly_id AS "anomalyId", min(first_claimed_at) AS "claimedAt" FROM remediation_actions
         WHERE anomaly_id = ANY($1::bigint[]) AND first_claimed_at IS NOT NULL GROUP BY anomaly_id`,
};

/** The SQL of what is learnt from evidence. */
@Injectable()
export class LearningRepository {
  constructor(private readonly database: Database) {}

  /** What was seen of remedies, oldest first: the latest of each in this kind of trouble, and the latest in any. */
  latestOf(remedies: readonly string[], anomalyClass: string | null, limit: number): Promise<EvidenceRow[]> {
    return this.database.query<EvidenceRow & object>(LATEST_OF_REMEDIES, [remedies, anomalyClass, limit]);
  }

  /** Which remedies were seen in this kind of trouble, and in this group where one is given. */
  async remediesOf(anomalyClass: string, targetGroup: string | null, limit: number): Promise<string[]> {
    const rows = await this.database.query<{ remedy: string }>(REMEDIES_OF_CLASS, [
      anomalyClass,
      targetGroup,
      limit,
    ]);
    return rows.map(({ remedy }) => remedy);
  }

  /** The remedies that were seen, each with a kind of trouble, the one that was seen last first; with how many there are. */
  async cells(
    { anomalyClass = null, remedy = null }: { anomalyClass?: string | null; remedy?: string | null },
    { page, perPage }: PageRequest,
  ): Promise<[RemedyCell[], number]> {
    const filter = [anomalyClass, remedy];
    const cells = await this.database.query<RemedyCell & object>(CELLS_PAGE, [
      ...filter,
      perPage,
      (page - 1) * perPage,
    ]);
    const [{ count }] = await this.database.query<{ count: number }>(CELLS_COUNT, filter);
    return [cells, count];
  }

  /** What an action does for which kind of trouble; null where it has no anomaly, or takes another back. */
  async cellOf(actionId: number): Promise<RemedyCell | null> {
    return (await this.database.query<RemedyCell & object>(CELL_OF_ACTION, [actionId]))[0] ?? null;
  }

  /** When something was first done about each anomaly about which something was. */
  async firstClaims(anomalyIds: readonly number[]): Promise<Map<number, Date>> {
    const rows = await this.database.query<{ anomalyId: number; claimedAt: Date }>(FIRST_CLAIMS, [
      anomalyIds,
    ]);
    return new Map(rows.map(({ anomalyId, claimedAt }) => [anomalyId, claimedAt]));
  }
}
