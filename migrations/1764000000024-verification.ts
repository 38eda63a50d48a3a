import { MigrationInterface, QueryRunner } from 'typeorm';

export class Verification1764000000024 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE remediation_actions
        -- What shows that it helped, as whoever asked for it declared; null leaves that to the catalogue and the anomaly.
        ADD COLUMN verify jsonb,
        -- The kind of trouble that it is for, as its anomaly was when it was proposed.
        ADD COLUMN anomaly_class text,
        -- Its place among what was proposed for the same anomaly, and how likely it was then to help.
        ADD COLUMN rank smallint CONSTRAINT remediation_action_rank CHECK (rank >= 1),
        ADD COLUMN expected_success double precision CONSTRAINT remediation_action_expected_success CHECK (expected_success BETWEEN 0 AND 1);
      ALTER TABLE remediation_rules ADD COLUMN verify jsonb;
      ALTER TABLE remediation_approvals DROP CONSTRAINT remediation_approval_by,
        ADD CONSTRAINT remediation_approval_by CHECK (by_kind IN ('user', 'api_key', 'policy', 'rollback', 'autonomy'));

      -- One row for each action that was done: whether the symptom went away.
      CREATE TABLE remediation_verifications (
        action_id bigint NOT NULL CONSTRAINT remediation_verifications_pk PRIMARY KEY
          CONSTRAINT remediation_verification_action REFERENCES remediation_actions (id) ON DELETE CASCADE,
        state text NOT NULL DEFAULT 'watching' CONSTRAINT remediation_verification_state CHECK (state IN ('watching', 'judged')),
        -- What is looked at, and what has to be seen.
        symptom jsonb NOT NULL,
        -- When its first step was claimed, and when its last one had been done.
        began_at timestamptz(3) NOT NULL,
        done_at timestamptz(3) NOT NULL,
        due_at timestamptz(3) NOT NULL,
        give_up_at timestamptz(3) NOT NULL,
        outcome text CONSTRAINT remediation_verification_outcome CHECK (outcome IN ('verified', 'unverified', 'no_effect', 'made_worse')),
        reason text,
        -- The numbers behind the outcome.
        measured jsonb,
        recovered_at timestamptz(3),
        judged_at timestamptz(3),
        CONSTRAINT remediation_verification_judged CHECK ((state = 'judged') = (outcome IS NOT NULL AND reason IS NOT NULL AND judged_at IS NOT NULL))
      );
      CREATE INDEX remediation_verifications_due ON remediation_verifications (due_at) WHERE state = 'watching';

      -- What was learnt of a remedy, once an action: what autonomy and ranking are computed from. It outlives the action.
      CREATE TABLE remediation_evidence (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT remediation_evidence_pk PRIMARY KEY,
        -- Null where people took trust away.
        action_id bigint CONSTRAINT remediation_evidence_once UNIQUE,
        anomaly_id bigint,
        at timestamptz(3) NOT NULL DEFAULT now(),
        action_type text NOT NULL,
        -- 'runbook:' and its id, or the action type.
        remedy text NOT NULL,
        anomaly_class text NOT NULL,
        target_group text NOT NULL,
        severity text NOT NULL,
        outcome text NOT NULL CONSTRAINT remediation_evidence_outcome CHECK (outcome IN ('verified', 'unverified', 'no_effect', 'made_worse', 'failed', 'revoked')),
        -- How old the trouble was when it began, how long it was then given to go, and after how long it had gone.
        age_seconds double precision,
        horizon_seconds double precision,
        recovery_seconds double precision,
        -- How likely trouble of this class and age is to go within that time by itself; null where too little is known.
        self_recovery double precision CONSTRAINT remediation_evidence_self_recovery CHECK (self_recovery BETWEEN 0 AND 1),
        CONSTRAINT remediation_evidence_of_action CHECK ((action_id IS NULL) = (outcome = 'revoked'))
      );
      CREATE INDEX remediation_evidence_of_cell ON remediation_evidence (action_type, anomaly_class, target_group, id);
      CREATE INDEX remediation_evidence_of_class ON remediation_evidence (anomaly_class, id);
      CREATE INDEX remediation_evidence_age ON remediation_evidence (at);

      -- How trouble of a class ends by itself is read from the anomalies of its metric or alert.
      CREATE INDEX anomalies_of_metric ON anomalies ((metric ->> 'name'), id) WHERE metric IS NOT NULL;
      CREATE INDEX anomalies_of_alertname ON anomalies ((labels ->> 'alertname'), id) WHERE alert_identity IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX anomalies_of_alertname;
      DROP INDEX anomalies_of_metric;
      DROP TABLE remediation_evidence, remediation_verifications;
      DELETE FROM remediation_approvals WHERE by_kind IN ('rollback', 'autonomy');
      ALTER TABLE remediation_approvals DROP CONSTRAINT remediation_approval_by,
        ADD CONSTRAINT remediation_approval_by CHECK (by_kind IN ('user', 'api_key', 'policy'));
      ALTER TABLE remediation_rules DROP COLUMN verify;
      ALTER TABLE remediation_actions DROP COLUMN verify, DROP COLUMN anomaly_class, DROP COLUMN rank, DROP COLUMN expected_success;
    `);
  }
}
