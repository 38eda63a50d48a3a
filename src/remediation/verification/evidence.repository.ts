import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { FindOptionsWhere, Repository } from 'typeorm';

import type { Severity } from '../../anomaly/anomaly.types';
import { Database } from '../../database/database';
import { EvidenceOutcome, RemediationEvidence } from './evidence.entity';

/** What one action showed of its remedy; what the remedy is and where, its rows say. */
export interface Showing {
  readonly actionId: number;
  readonly outcome: Exclude<EvidenceOutcome, 'revoked'>;
  /** Of its anomaly. */
  readonly severity: Severity;
  /** How old the anomaly was when it began. */
  readonly ageSeconds: number;
  readonly horizonSeconds: number | null;
  readonly recoverySeconds: number | null;
  readonly selfRecovery: number | null;
}

// What takes another action back is no remedy, and what has no anomaly no trouble that could be of a class.
const INSERT = {
  name: 'remediation_evidence_insert',
  text: `INSERT INTO remediation_evidence (action_id, anomaly_id, action_type, remedy, anomaly_class, target_group, severity, outcome,
           age_seconds, horizon_seconds, recovery_seconds, self_recovery)
         SELECT action.id, action.anomaly_id, action.action_type, coalesce('runbook:' || version.runbook_id, action.action_type),
           action.anomaly_class, coalesce(target."group", target.name), $2, $3, $4, $5, $6, $7
         FROM remediation_actions AS action
         JOIN remediation_targets AS target ON target.id = action.target_id
         LEFT JOIN runbook_versions AS version ON version.id = action.runbook_version_id
         WHERE action.id = $1 AND action.anomaly_class IS NOT NULL AND action.rollback_of IS NULL AND action.first_claimed_at IS NOT NULL
         ON CONFLICT ON CONSTRAINT remediation_evidence_once DO NOTHING`,
};

/** What was seen of remedies, in the order in which it was seen. */
@Injectable()
export class EvidenceRepository {
  constructor(
    @InjectRepository(RemediationEvidence) private readonly evidence: Repository<RemediationEvidence>,
    private readonly database: Database,
  ) {}

  /** Keeps what an action showed, once; in the transaction that says so of the action. */
  async keep(showing: Showing): Promise<void> {
    const { actionId, severity, outcome, ageSeconds } = showing;
    const { horizonSeconds, recoverySeconds, selfRecovery } = showing;
    const values = [actionId, severity, outcome, ageSeconds, horizonSeconds, recoverySeconds, selfRecovery];
    await this.database.query(INSERT, values);
  }

  /** The latest, oldest first. */
  async list(where: FindOptionsWhere<RemediationEvidence>, limit: number): Promise<RemediationEvidence[]> {
    const rows = await this.database.bind(this.evidence).find({ where, order: { id: 'DESC' }, take: limit });
    return rows.toReversed();
  }
}
