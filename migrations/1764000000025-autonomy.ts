import { MigrationInterface, QueryRunner } from 'typeorm';

export class Autonomy1764000000025 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- One row: how much the product may do by itself at most.
      CREATE TABLE autonomy_settings (
        id boolean NOT NULL DEFAULT true CONSTRAINT autonomy_settings_pk PRIMARY KEY CONSTRAINT autonomy_settings_single CHECK (id),
        mode text NOT NULL DEFAULT 'manual' CONSTRAINT autonomy_settings_mode CHECK (mode IN ('manual', 'semi_auto', 'full_auto', 'adaptive')),
        wins_for_semi_auto integer NOT NULL DEFAULT 3 CONSTRAINT autonomy_settings_semi_auto CHECK (wins_for_semi_auto >= 1),
        wins_for_full_auto integer NOT NULL DEFAULT 10,
        wins_lost integer NOT NULL DEFAULT 2 CONSTRAINT autonomy_settings_lost CHECK (wins_lost >= 1),
        max_level_high_risk text NOT NULL DEFAULT 'semi_auto'
          CONSTRAINT autonomy_settings_high_risk CHECK (max_level_high_risk IN ('manual', 'semi_auto', 'full_auto')),
        version integer NOT NULL DEFAULT 1,
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT autonomy_settings_full_auto CHECK (wins_for_full_auto >= wins_for_semi_auto)
      );
      INSERT INTO autonomy_settings DEFAULT VALUES;

      -- What adaptive mode goes by, lowest priority first; an empty list is any.
      CREATE TABLE autonomy_policies (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT autonomy_policies_pk PRIMARY KEY,
        name text NOT NULL CONSTRAINT autonomy_policy_name UNIQUE,
        priority integer NOT NULL,
        is_enabled boolean NOT NULL DEFAULT true,
        mode text NOT NULL CONSTRAINT autonomy_policy_mode CHECK (mode IN ('manual', 'semi_auto', 'full_auto')),
        severities text[] NOT NULL,
        min_confidence double precision NOT NULL CONSTRAINT autonomy_policy_confidence CHECK (min_confidence BETWEEN 0 AND 1),
        -- Percent of the processors; null where it does not count.
        max_load double precision CONSTRAINT autonomy_policy_load CHECK (max_load BETWEEN 0 AND 100),
        -- A weekly recurrence; null at any time.
        time_window jsonb,
        action_types text[] NOT NULL,
        target_groups text[] NOT NULL,
        version integer NOT NULL DEFAULT 1,
        created_by text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now()
      );
      INSERT INTO autonomy_policies (name, priority, mode, severities, min_confidence, max_load, action_types, target_groups, created_by) VALUES
        ('Critical', 1, 'full_auto', '{critical}', 0.8, 90, '{}', '{}', 'system'),
        ('High', 2, 'semi_auto', '{high}', 0.7, 85, '{}', '{}', 'system'),
        ('Medium', 3, 'manual', '{medium}', 0.6, NULL, '{}', '{}', 'system');

      -- Whether the product let one of its own proposals begin by itself, and why.
      CREATE TABLE autonomy_decisions (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT autonomy_decisions_pk PRIMARY KEY,
        at timestamptz(3) NOT NULL DEFAULT now(),
        -- They outlive the action and the anomaly.
        action_id bigint NOT NULL,
        anomaly_id bigint NOT NULL,
        action_type text NOT NULL,
        remedy text NOT NULL,
        anomaly_class text NOT NULL,
        target_group text NOT NULL,
        mode text NOT NULL CONSTRAINT autonomy_decision_mode CHECK (mode IN ('manual', 'semi_auto', 'full_auto', 'adaptive')),
        policy_id bigint,
        cell_level text NOT NULL CONSTRAINT autonomy_decision_cell_level CHECK (cell_level IN ('manual', 'semi_auto', 'full_auto')),
        level text NOT NULL CONSTRAINT autonomy_decision_level CHECK (level IN ('manual', 'semi_auto', 'full_auto')),
        outcome text NOT NULL CONSTRAINT autonomy_decision_outcome CHECK (outcome IN ('begun', 'left')),
        granted_by text CONSTRAINT autonomy_decision_grant CHECK (granted_by IN ('people', 'policy', 'autonomy')),
        reason text NOT NULL,
        -- What it was decided on.
        facts jsonb NOT NULL,
        -- The latest evidence of the cell that was seen; 0 where there was none.
        evidence_id bigint NOT NULL,
        CONSTRAINT autonomy_decision_granted CHECK ((outcome = 'begun') = (granted_by IS NOT NULL))
      );
      CREATE INDEX autonomy_decisions_of_action ON autonomy_decisions (action_id, id);
      CREATE INDEX autonomy_decisions_age ON autonomy_decisions (at);
      CREATE UNIQUE INDEX autonomy_decision_begun_once ON autonomy_decisions (action_id) WHERE outcome = 'begun';

      -- What the product came to do by itself with a cell's evidence, or no longer; told once each.
      CREATE TABLE autonomy_changes (
        evidence_id bigint NOT NULL CONSTRAINT autonomy_changes_pk PRIMARY KEY,
        at timestamptz(3) NOT NULL DEFAULT now(),
        action_type text NOT NULL,
        remedy text NOT NULL,
        anomaly_class text NOT NULL,
        target_group text NOT NULL,
        from_level text NOT NULL CONSTRAINT autonomy_change_from CHECK (from_level IN ('manual', 'semi_auto', 'full_auto')),
        to_level text NOT NULL CONSTRAINT autonomy_change_to CHECK (to_level IN ('manual', 'semi_auto', 'full_auto')),
        is_promotion boolean NOT NULL
      );
      CREATE INDEX autonomy_changes_age ON autonomy_changes (at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE autonomy_changes, autonomy_decisions, autonomy_policies, autonomy_settings',
    );
  }
}
