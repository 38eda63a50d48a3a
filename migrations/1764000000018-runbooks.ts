import { MigrationInterface, QueryRunner } from 'typeorm';

export class Runbooks1764000000018 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE runbooks (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT runbooks_pk PRIMARY KEY,
        name text NOT NULL CONSTRAINT runbook_name_length CHECK (char_length(name) <= 100),
        version integer NOT NULL DEFAULT 1 CONSTRAINT runbook_version_positive CHECK (version > 0),
        created_by text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        retired_by text,
        retired_at timestamptz(3),
        CONSTRAINT runbook_retirement CHECK ((retired_by IS NULL) = (retired_at IS NULL))
      );
      CREATE UNIQUE INDEX runbook_name ON runbooks (name) WHERE retired_at IS NULL;

      CREATE TABLE runbook_versions (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT runbook_versions_pk PRIMARY KEY,
        runbook_id bigint NOT NULL CONSTRAINT runbook_version_runbook REFERENCES runbooks (id),
        version integer NOT NULL,
        definition jsonb NOT NULL,
        source text NOT NULL,
        format text NOT NULL CONSTRAINT runbook_version_format CHECK (format IN ('json', 'yaml')),
        sha256 text NOT NULL CONSTRAINT runbook_version_sha256 CHECK (sha256 ~ '^[0-9a-f]{64}$'),
        created_by text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT runbook_version_once UNIQUE (runbook_id, version)
      );
      -- What was approved and run must be what is read later.
      CREATE FUNCTION refuse_runbook_version_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'a version of a runbook never changes' USING ERRCODE = 'restrict_violation';
      END $$;
      CREATE TRIGGER runbook_versions_immutable BEFORE UPDATE OR DELETE ON runbook_versions
        FOR EACH ROW EXECUTE FUNCTION refuse_runbook_version_change();
      CREATE TRIGGER runbook_versions_no_truncate BEFORE TRUNCATE ON runbook_versions
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_runbook_version_change();

      CREATE TABLE remediation_rules (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT remediation_rules_pk PRIMARY KEY,
        name text NOT NULL CONSTRAINT remediation_rule_name UNIQUE,
        position integer NOT NULL,
        is_enabled boolean NOT NULL DEFAULT true,
        continues boolean NOT NULL DEFAULT false,
        min_severity text NOT NULL DEFAULT 'low' CONSTRAINT remediation_rule_min_severity CHECK (min_severity IN ('low', 'medium', 'high', 'critical')),
        max_severity text NOT NULL DEFAULT 'critical' CONSTRAINT remediation_rule_max_severity CHECK (max_severity IN ('low', 'medium', 'high', 'critical')),
        sources jsonb NOT NULL DEFAULT '[]',
        matchers jsonb NOT NULL DEFAULT '[]',
        series text,
        issues jsonb NOT NULL DEFAULT '[]',
        runbook_id bigint CONSTRAINT remediation_rule_runbook REFERENCES runbooks (id),
        action_type text CONSTRAINT remediation_rule_action_type CHECK (action_type IN
          ('scale_up', 'scale_down', 'restart_service', 'custom', 'cleanup_logs', 'update_config', 'rollback', 'cleanup_disk',
           'optimize_performance', 'enhance_monitoring')),
        parameters jsonb NOT NULL DEFAULT '{}',
        priority text NOT NULL DEFAULT 'medium' CONSTRAINT remediation_rule_priority CHECK (priority IN ('low', 'medium', 'high', 'critical')),
        cooldown_seconds integer CONSTRAINT remediation_rule_cooldown CHECK (cooldown_seconds >= 0),
        version integer NOT NULL DEFAULT 1,
        created_by text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT remediation_rule_remedy CHECK (num_nonnulls(runbook_id, action_type) = 1)
      );
      CREATE INDEX remediation_rules_order ON remediation_rules (position, id);
      CREATE INDEX remediation_rules_runbook ON remediation_rules (runbook_id) WHERE runbook_id IS NOT NULL;

      -- What the contract's engine does, as rules that people can change. Where it restarts at once, it is proposed here.
      INSERT INTO remediation_rules (position, continues, name, min_severity, max_severity, issues, action_type, parameters, priority, created_by)
      VALUES
        (1000, true, 'Critical, CPU or memory: restart the service', 'critical', 'critical',
         '["high_cpu_usage", "elevated_cpu_usage", "critical_memory_usage", "high_memory_usage"]', 'restart_service', '{}', 'critical', 'system'),
        (1010, true, 'Critical, disk: clean up the disk', 'critical', 'critical',
         '["critical_disk_usage", "high_disk_usage"]', 'cleanup_disk', '{}', 'critical', 'system'),
        (1020, true, 'High, CPU or memory: scale up', 'high', 'high',
         '["high_cpu_usage", "elevated_cpu_usage", "critical_memory_usage", "high_memory_usage"]', 'scale_up', '{"by": 1}', 'high', 'system'),
        (1030, true, 'High, disk: clean up the disk', 'high', 'high',
         '["critical_disk_usage", "high_disk_usage"]', 'cleanup_disk', '{}', 'high', 'system'),
        (1040, true, 'Medium, slow: optimize performance', 'medium', 'medium',
         '["slow_response_time"]', 'optimize_performance', '{"focus": "latency"}', 'medium', 'system'),
        (1050, true, 'High or critical: look closer', 'high', 'critical',
         '[]', 'enhance_monitoring', '{}', 'low', 'system');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE remediation_rules, runbook_versions, runbooks;
      DROP FUNCTION refuse_runbook_version_change();
    `);
  }
}
