import { Injectable } from '@nestjs/common';

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
         WHERE ($1::text IS NULL OR anomaly_class = $1) AND ($2::text IS NULL OR target_group = $2) AND action_id IS NOT NULL ORDER BY remedy LIMIT $3`,
};

/** The SQL of what is learnt from evidence. */
@Injectable()
export class LearningRepository {
  constructor(private readonly database: Database) {}

  /** What was seen of remedies, oldest first: the latest of each in this kind of trouble, and the latest in any. */
  latestOf(remedies: readonly string[], anomalyClass: string | null, limit: number): Promise<EvidenceRow[]> {
    return this.database.query<EvidenceRow & object>(LATEST_OF_REMEDIES, [remedies, anomalyClass, limit]);
  }

  /** Which remedies were seen in this kind of trouble, and in this group, where they are given. */
  async remediesOf(
    anomalyClass: string | null,
    targetGroup: string | null,
    limit: number,
  ): Promise<string[]> {
    const rows = await this.database.query<{ remedy: string }>(REMEDIES_OF_CLASS, [
      anomalyClass,
      targetGroup,
      limit,
    ]);
    return rows.map(({ remedy }) => remedy);
  }
}
