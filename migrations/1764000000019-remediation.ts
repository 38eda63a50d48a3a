import { MigrationInterface, QueryRunner } from 'typeorm';

export class Remediation1764000000019 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Grows with every claim, whoever makes it: a target that remembers the highest can refuse a late worker.
      CREATE SEQUENCE remediation_fence AS bigint;

      CREATE TABLE remediation_actions (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT remediation_actions_pk PRIMARY KEY,
        anomaly_id bigint CONSTRAINT remediation_action_anomaly REFERENCES anomalies (id),
        action_type text NOT NULL CONSTRAINT remediation_action_type CHECK (action_type IN
          ('scale_up', 'scale_down', 'restart_service', 'custom', 'cleanup_logs', 'update_config', 'rollback', 'cleanup_disk',
           'optimize_performance', 'enhance_monitoring')),
        action_name text NOT NULL,
        description text NOT NULL,
        status text NOT NULL DEFAULT 'pending' CONSTRAINT remediation_action_status CHECK (status IN
          ('pending', 'approved', 'scheduled', 'in_progress', 'completed', 'failed', 'cancelled', 'rejected')),
        priority text NOT NULL DEFAULT 'medium' CONSTRAINT remediation_action_priority CHECK (priority IN ('low', 'medium', 'high', 'critical')),
        priority_rank smallint GENERATED ALWAYS AS (array_position(ARRAY['low', 'medium', 'high', 'critical'], priority)) STORED,
        parameters jsonb NOT NULL DEFAULT '{}',
        target_id bigint CONSTRAINT remediation_action_target REFERENCES remediation_targets (id),
        runbook_version_id bigint CONSTRAINT remediation_action_runbook_version REFERENCES runbook_versions (id),
        rule_id bigint CONSTRAINT remediation_action_rule REFERENCES remediation_rules (id) ON DELETE SET NULL,
        origin text NOT NULL DEFAULT 'manual' CONSTRAINT remediation_action_origin CHECK (origin IN ('manual', 'rule', 'rollback')),
        rollback_of bigint CONSTRAINT remediation_action_rollback REFERENCES remediation_actions (id),
        risk text NOT NULL CONSTRAINT remediation_action_risk CHECK (risk IN ('low', 'medium', 'high')),
        plan_hash text NOT NULL,
        approvals_required smallint NOT NULL CONSTRAINT remediation_action_quorum CHECK (approvals_required BETWEEN 0 AND 10),
        requested_by_kind text NOT NULL,
        requested_by_id bigint,
        requested_by text NOT NULL,
        -- The person behind the request, also where a key was used: who may not approve it.
        requested_by_user_id bigint,
        expires_at timestamptz(3) NOT NULL,
        approved_by text,
        approved_at timestamptz(3),
        rejected_by text,
        rejected_at timestamptz(3),
        rejected_reason text,
        scheduled_at timestamptz(3),
        executed_by text,
        executed_at timestamptz(3),
        first_claimed_at timestamptz(3),
        cancel_requested_by text,
        cancel_requested_at timestamptz(3),
        cancelled_by text,
        cancelled_at timestamptz(3),
        finished_at timestamptz(3),
        execution_result jsonb,
        error_message text,
        outcome text CONSTRAINT remediation_action_outcome CHECK (outcome IN ('verified', 'unverified', 'no_effect', 'made_worse', 'unknown')),
        version integer NOT NULL DEFAULT 1,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        deleted_at timestamptz(3)
      ) WITH (fillfactor = 70);
      CREATE INDEX remediation_actions_status ON remediation_actions (status, id DESC) WHERE deleted_at IS NULL;
      CREATE INDEX remediation_actions_type ON remediation_actions (action_type, id DESC) WHERE deleted_at IS NULL;
      CREATE INDEX remediation_actions_anomaly ON remediation_actions (anomaly_id, id DESC) WHERE anomaly_id IS NOT NULL;
      CREATE INDEX remediation_actions_target ON remediation_actions (target_id, id DESC) WHERE target_id IS NOT NULL;
      CREATE INDEX remediation_actions_runbook_version ON remediation_actions (runbook_version_id) WHERE runbook_version_id IS NOT NULL;
      CREATE INDEX remediation_actions_rule ON remediation_actions (rule_id) WHERE rule_id IS NOT NULL;
      CREATE INDEX remediation_actions_rollback ON remediation_actions (rollback_of) WHERE rollback_of IS NOT NULL;
      CREATE INDEX remediation_actions_expiry ON remediation_actions (expires_at) WHERE status IN ('pending', 'approved', 'scheduled');
      CREATE INDEX remediation_actions_begun ON remediation_actions (first_claimed_at) WHERE first_claimed_at IS NOT NULL;
      CREATE INDEX remediation_actions_running ON remediation_actions (id) WHERE status = 'in_progress';

      CREATE TABLE remediation_steps (
        -- Also the idempotency key that its target sees, over all attempts.
        id uuid NOT NULL DEFAULT gen_random_uuid() CONSTRAINT remediation_steps_pk PRIMARY KEY,
        action_id bigint NOT NULL CONSTRAINT remediation_step_action REFERENCES remediation_actions (id) ON DELETE CASCADE,
        position smallint NOT NULL,
        name text NOT NULL,
        action_type text NOT NULL,
        parameters jsonb NOT NULL,
        target_id bigint CONSTRAINT remediation_step_target REFERENCES remediation_targets (id),
        target_version integer,
        is_idempotent boolean NOT NULL,
        timeout_seconds integer NOT NULL CONSTRAINT remediation_step_timeout CHECK (timeout_seconds BETWEEN 1 AND 3600),
        max_attempts smallint NOT NULL CONSTRAINT remediation_step_attempts CHECK (max_attempts BETWEEN 1 AND 10),
        on_failure text NOT NULL DEFAULT 'stop' CONSTRAINT remediation_step_on_failure CHECK (on_failure IN ('stop', 'continue', 'rollback')),
        radius_count integer NOT NULL,
        radius_percent double precision,
        state text NOT NULL DEFAULT 'proposed' CONSTRAINT remediation_step_state CHECK (state IN
          ('proposed', 'pending_approval', 'approved', 'queued', 'dispatching', 'succeeded', 'failed', 'unknown', 'rejected', 'expired',
           'cancelled', 'reconciled_succeeded', 'reconciled_failed')),
        attempt smallint NOT NULL DEFAULT 0,
        fence bigint,
        worker text,
        ready_at timestamptz(3),
        -- What has not begun by then does not begin at all.
        start_before timestamptz(3),
        lease_until timestamptz(3),
        first_claimed_at timestamptz(3),
        claimed_at timestamptz(3),
        ended_at timestamptz(3),
        result jsonb,
        error text,
        CONSTRAINT remediation_step_place UNIQUE (action_id, position),
        -- Nothing is sent without a claim, and every claim names its holder.
        CONSTRAINT remediation_step_claimed CHECK (state <> 'dispatching' OR (fence IS NOT NULL AND lease_until IS NOT NULL AND worker IS NOT NULL AND target_id IS NOT NULL))
      ) WITH (fillfactor = 70);
      CREATE UNIQUE INDEX remediation_step_alone_on_target ON remediation_steps (target_id) WHERE state = 'dispatching';
      CREATE INDEX remediation_steps_queued ON remediation_steps (ready_at) WHERE state = 'queued';
      CREATE INDEX remediation_steps_dispatching ON remediation_steps (lease_until) WHERE state = 'dispatching';
      CREATE INDEX remediation_steps_of_target ON remediation_steps (target_id, claimed_at) WHERE claimed_at IS NOT NULL;
      CREATE INDEX remediation_steps_target ON remediation_steps (target_id);

      CREATE TABLE remediation_policies (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT remediation_policies_pk PRIMARY KEY,
        verdict text NOT NULL CONSTRAINT remediation_policy_verdict CHECK (verdict IN ('allow', 'ask', 'deny')),
        action_type text,
        target_id bigint CONSTRAINT remediation_policy_target REFERENCES remediation_targets (id) ON DELETE CASCADE,
        target_group text,
        approvals smallint CONSTRAINT remediation_policy_approvals CHECK (approvals BETWEEN 1 AND 10),
        reason text NOT NULL DEFAULT '',
        created_by text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT remediation_policy_once UNIQUE NULLS NOT DISTINCT (action_type, target_id, target_group)
      );
      CREATE INDEX remediation_policies_target ON remediation_policies (target_id) WHERE target_id IS NOT NULL;
      INSERT INTO remediation_policies (verdict, action_type, reason, created_by)
      SELECT 'allow', harmless, 'Changes nothing that people would miss', 'system'
      FROM unnest(ARRAY['enhance_monitoring', 'optimize_performance', 'cleanup_logs', 'cleanup_disk']) AS harmless;

      CREATE TABLE remediation_approvals (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT remediation_approvals_pk PRIMARY KEY,
        action_id bigint NOT NULL CONSTRAINT remediation_approval_action REFERENCES remediation_actions (id) ON DELETE CASCADE,
        -- What it was given for; it holds for nothing else.
        plan_hash text NOT NULL,
        policy_id bigint CONSTRAINT remediation_approval_policy REFERENCES remediation_policies (id) ON DELETE SET NULL,
        by_kind text NOT NULL CONSTRAINT remediation_approval_by CHECK (by_kind IN ('user', 'api_key', 'policy')),
        by_id bigint,
        by_user_id bigint,
        by_name text NOT NULL,
        comment text,
        at timestamptz(3) NOT NULL DEFAULT now(),
        expires_at timestamptz(3) NOT NULL,
        used_at timestamptz(3),
        voided_at timestamptz(3)
      );
      CREATE INDEX remediation_approvals_action ON remediation_approvals (action_id, id);
      CREATE INDEX remediation_approvals_policy ON remediation_approvals (policy_id) WHERE policy_id IS NOT NULL;
      -- One person counts once, whatever they sign with.
      CREATE UNIQUE INDEX remediation_approval_once ON remediation_approvals (action_id, by_user_id) WHERE voided_at IS NULL AND by_user_id IS NOT NULL;

      -- One row: the limits that hold for everything, and the switch that stops everything.
      CREATE TABLE remediation_limits (
        id boolean NOT NULL DEFAULT true CONSTRAINT remediation_limits_pk PRIMARY KEY CONSTRAINT remediation_limits_single CHECK (id),
        cooldown_seconds integer NOT NULL DEFAULT 300,
        actions_per_hour integer NOT NULL DEFAULT 10,
        actions_per_hour_per_target integer NOT NULL DEFAULT 10,
        max_concurrent integer NOT NULL DEFAULT 3,
        timeout_seconds integer NOT NULL DEFAULT 600,
        breaker_failures integer NOT NULL DEFAULT 2,
        breaker_seconds integer NOT NULL DEFAULT 1800,
        max_radius_count integer NOT NULL DEFAULT 10,
        max_radius_percent double precision NOT NULL DEFAULT 100,
        quorum_low smallint NOT NULL DEFAULT 1,
        quorum_medium smallint NOT NULL DEFAULT 1,
        quorum_high smallint NOT NULL DEFAULT 1,
        proposal_seconds integer NOT NULL DEFAULT 86400,
        approval_seconds integer NOT NULL DEFAULT 3600,
        start_seconds integer NOT NULL DEFAULT 900,
        frozen_at timestamptz(3),
        frozen_by text,
        frozen_reason text,
        version integer NOT NULL DEFAULT 1,
        updated_at timestamptz(3) NOT NULL DEFAULT now()
      );
      INSERT INTO remediation_limits DEFAULT VALUES;

      -- Failures in a row on each target; while it is open nothing is done there.
      CREATE TABLE remediation_breakers (
        target_id bigint NOT NULL CONSTRAINT remediation_breakers_pk PRIMARY KEY CONSTRAINT remediation_breaker_target REFERENCES remediation_targets (id) ON DELETE CASCADE,
        failures integer NOT NULL,
        opened_at timestamptz(3),
        open_until timestamptz(3)
      );

      CREATE TABLE remediation_log (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT remediation_log_pk PRIMARY KEY,
        xact xid8 NOT NULL DEFAULT pg_current_xact_id(),
        action_id bigint NOT NULL CONSTRAINT remediation_log_action REFERENCES remediation_actions (id) ON DELETE CASCADE,
        step_id uuid CONSTRAINT remediation_log_step REFERENCES remediation_steps (id) ON DELETE CASCADE,
        at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        event text NOT NULL,
        message text NOT NULL,
        by_name text NOT NULL
      );
      CREATE INDEX remediation_log_of_action ON remediation_log (action_id, id DESC);
      CREATE INDEX remediation_log_commit_order ON remediation_log (action_id, xact, id);
      CREATE INDEX remediation_log_of_step ON remediation_log (step_id) WHERE step_id IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE remediation_log, remediation_breakers, remediation_limits, remediation_approvals, remediation_policies, remediation_steps, remediation_actions;
      DROP SEQUENCE remediation_fence;
    `);
  }
}
