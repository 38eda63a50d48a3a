import { Injectable } from '@nestjs/common';

import type { PageRequest } from '../../common/http/pagination';
import { Database } from '../../database/database';
import type { EvidenceOutcome } from '../verification/evidence.entity';
import type { TreatedCase } from './effectiveness';

/** A remedy for one kind of trouble. */
export interface RemedyOfClass {
  readonly remedy: string;
  readonly anomalyClass: string;
}

/** What an action does, for which kind of trouble. */
export interface RemedyOfAction {
  readonly remedy: string;
  /** Null where it is for no anomaly, or takes another action back. */
  readonly anomalyClass: string | null;
}

/** How many of a remedy are looked at, the latest first. */
const LATEST = 1_000;

const OF_ACTION = {
  name: 'remediation_remedy_of_action',
  text: `SELECT coalesce('runbook:' || version.runbook_id, action.action_type) AS remedy,
           CASE WHEN action.rollback_of IS NULL THEN action.anomaly_class END AS "anomalyClass"
         FROM remediation_actions AS action LEFT JOIN runbook_versions AS version ON version.id = action.runbook_version_id
         WHERE action.id = $1 AND action.deleted_at IS NULL`,
};

const GROUPED = `FROM remediation_evidence
  WHERE action_id IS NOT NULL AND ($1::text IS NULL OR anomaly_class = $1) AND ($2::text IS NULL OR remedy = $2) GROUP BY anomaly_class, remedy`;

const PAGE = {
  name: 'remediation_remedies_page',
  text: `SELECT anomaly_class AS "anomalyClass", remedy ${GROUPED} ORDER BY max(id) DESC LIMIT $3 OFFSET $4`,
};

const COUNT = {
  name: 'remediation_remedies_count',
  text: `SELECT count(*) AS count FROM (SELECT 1 ${GROUPED}) AS remedies`,
};

const CASES = {
  name: 'remediation_remedy_cases',
  text: `SELECT asked.place, evidence.*
         FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked (anomaly_class, remedy, place)
         CROSS JOIN LATERAL (
           SELECT action_id AS "actionId", outcome, age_seconds AS "ageSeconds", horizon_seconds AS "horizonSeconds",
             recovery_seconds AS "recoverySeconds", self_recovery AS "selfRecovery"
           FROM remediation_evidence AS row
           WHERE row.anomaly_class = asked.anomaly_class AND row.remedy = asked.remedy AND action_id IS NOT NULL
           ORDER BY id DESC LIMIT ${LATEST}
         ) AS evidence`,
};

// Also what was hidden since: it was done all the same.
const FIRST_CLAIMS = {
  name: 'remediation_first_claims',
  text: `SELECT anomaly_id AS "anomalyId", min(first_claimed_at) AS at FROM remediation_actions
         WHERE anomaly_id = ANY($1::bigint[]) AND first_claimed_at IS NOT NULL GROUP BY anomaly_id`,
};

/** The SQL of how effective remedies are. */
@Injectable()
export class EffectivenessRepository {
  constructor(private readonly database: Database) {}

  /** What an action does, for which kind of trouble; null where there is no such action. */
  async findOfAction(actionId: number): Promise<RemedyOfAction | null> {
    return (await this.database.query<RemedyOfAction & object>(OF_ACTION, [actionId]))[0] ?? null;
  }

  /** Remedies of which something was seen, each with a kind of trouble, the latest first; with how many there are. */
  async list(
    { anomalyClass, remedy }: { readonly anomalyClass: string | null; readonly remedy: string | null },
    { page, perPage }: PageRequest,
  ): Promise<[RemedyOfClass[], number]> {
    const filter = [anomalyClass, remedy];
    const rows = await this.database.query<RemedyOfClass & object>(PAGE, [
      ...filter,
      perPage,
      (page - 1) * perPage,
    ]);
    const [{ count }] = await this.database.query<{ count: number }>(COUNT, filter);
    return [rows, count];
  }

  /** The latest cases of each, the latest first, in the order of the remedies. */
  async casesOf(remedies: readonly RemedyOfClass[]): Promise<TreatedCase[][]> {
    const cases: TreatedCase[][] = remedies.map(() => []);
    const rows = await this.database.query<
      TreatedCase & { place: number; outcome: Exclude<EvidenceOutcome, 'revoked'> }
    >(CASES, [remedies.map(({ anomalyClass }) => anomalyClass), remedies.map(({ remedy }) => remedy)]);
    for (const { place, ...row } of rows) cases[place - 1].push(row);
    return cases;
  }

  /** When something was first done about each of these anomalies about which something was. */
  async firstClaims(anomalyIds: readonly number[]): Promise<ReadonlyMap<number, Date>> {
    const rows = await this.database.query<{ anomalyId: number; at: Date }>(FIRST_CLAIMS, [anomalyIds]);
    return new Map(rows.map(({ anomalyId, at }) => [anomalyId, at]));
  }
}
