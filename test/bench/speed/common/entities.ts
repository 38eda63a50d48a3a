import { Exclude } from 'class-transformer';
import { Column, CreateDateColumn, Entity, Index, PrimaryGeneratedColumn, UpdateDateColumn } from 'typeorm';

/** The tables, with an index on each column that lists filter or sort by. */
@Entity('anomalies')
export class AnomalyEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' }) id: number;
  @Column('text') title: string;
  @Column('text') description: string;
  @Index() @Column('text') severity: string;
  @Index() @Column('text') status: string;
  @Column('double precision') anomaly_score: number;
  @Column('double precision') confidence: number;
  @Index() @Column('text') source: string;
  @Index() @CreateDateColumn({ type: 'timestamptz' }) created_at: Date;
  @UpdateDateColumn({ type: 'timestamptz' }) updated_at: Date;
  @Column('integer', { default: 1 }) version: number;
  @Column('text', { nullable: true }) explanation: string | null;
  @Column('jsonb', { nullable: true }) metrics_data: object | null;
  @Column('text', { nullable: true }) created_by: string | null;
  @Column('text', { nullable: true }) acknowledged_by: string | null;
  @Column('timestamptz', { nullable: true }) acknowledged_at: Date | null;
  @Column('text', { nullable: true }) resolved_by: string | null;
  @Column('timestamptz', { nullable: true }) resolved_at: Date | null;
  @Column('text', { nullable: true }) dismissed_by: string | null;
  @Column('timestamptz', { nullable: true }) dismissed_at: Date | null;
  @Column('text', { nullable: true }) resolution: string | null;
  @Column('text', { nullable: true }) root_cause: string | null;
  @Column('bigint', { nullable: true }) series_id: number | null;
  @Column('timestamptz', { nullable: true }) onset_at: Date | null;
  @Column('timestamptz', { nullable: true }) last_seen_at: Date | null;
  @Column('jsonb', { nullable: true }) metric: object | null;
  @Column('jsonb', { nullable: true }) labels: object | null;
  @Column('bigint', { nullable: true }) alert_id: number | null;
  @Column('bigint', { nullable: true }) incident_id: number | null;
  @Column('text', { nullable: true }) incident_reason: string | null;
  @Column('jsonb', { nullable: true }) suppressed_by: object | null;
  @Column('jsonb', { nullable: true }) inhibited_by: object | null;
  @Exclude() @Column('timestamptz', { nullable: true }) deleted_at: Date | null;
}

@Entity('anomaly_history')
export class HistoryEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' }) id: number;
  @Index() @Column('bigint') anomaly_id: number;
  @Column('text') event: string;
  @Column('text') actor_kind: string;
  @Column('bigint', { nullable: true }) actor_id: number | null;
  @Column('text') actor_name: string;
  @Column('text') to_status: string;
}

@Entity('audit_log')
export class AuditEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' }) id: number;
  @Column('text') actor_kind: string;
  @Column('bigint', { nullable: true }) actor_id: number | null;
  @Column('text') actor_name: string;
  @Column('text') action: string;
  @Column('text') subject_type: string;
  @Column('text', { nullable: true }) subject_id: string | null;
  @Column('jsonb', { nullable: true }) after: object | null;
}

@Entity('users')
export class UserEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' }) id: number;
  @Column('text') username: string;
  @Column('text') role: string;
  @Column('boolean') is_active: boolean;
}

/**
 * Makes of the product's schema the one that these entities would have made: no counters kept by triggers, no indexes over several
 * columns, none that a list does not need; and the user whose token is sent.
 */
export const COMMON_SCHEMA = `
  DROP TRIGGER anomalies_count_new ON anomalies;
  DROP TRIGGER anomalies_count_changed ON anomalies;
  DO $$
    DECLARE found text;
    BEGIN
      FOR found IN SELECT indexname FROM pg_indexes
        WHERE tablename IN ('anomalies', 'anomaly_history', 'audit_log') AND indexname NOT IN (SELECT conname FROM pg_constraint)
      LOOP EXECUTE format('DROP INDEX %I', found); END LOOP;
    END
  $$;
  CREATE INDEX ON anomalies (severity);
  CREATE INDEX ON anomalies (status);
  CREATE INDEX ON anomalies (source);
  CREATE INDEX ON anomalies (created_at);
  CREATE INDEX ON anomaly_history (anomaly_id);
  INSERT INTO users (username, email, password_hash, role) VALUES ('admin', 'admin@example.com', 'none', 'admin');
  ANALYZE`;
