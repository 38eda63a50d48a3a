import { MigrationInterface, QueryRunner } from 'typeorm';

export class NotificationDigests1764000000026 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE notification_endpoints
        DROP CONSTRAINT notification_endpoint_kind,
        ADD CONSTRAINT notification_endpoint_kind CHECK (kind IN ('webhook', 'slack', 'email')),
        -- Who gets mails, and from whom: of an endpoint of kind email only.
        ADD COLUMN mail jsonb,
        -- How notices wait for company; null where each is told by itself.
        ADD COLUMN digest jsonb,
        -- How often what goes on and nobody has taken on is told again.
        ADD COLUMN repeat_interval_seconds integer,
        ADD CONSTRAINT notification_endpoint_mail CHECK ((kind = 'email') = (mail IS NOT NULL)),
        ADD CONSTRAINT notification_endpoint_repeat CHECK (repeat_interval_seconds > 0);

      ALTER TABLE notification_deliveries
        -- What a digest says of it, and the group in which it waits for company.
        ADD COLUMN notice jsonb,
        ADD COLUMN group_key text,
        -- The digest that told it.
        ADD COLUMN digest_id uuid CONSTRAINT notification_delivery_digest REFERENCES notification_deliveries ON DELETE SET NULL,
        DROP CONSTRAINT notification_delivery_state,
        ADD CONSTRAINT notification_delivery_state CHECK (state IN ('gathering', 'waiting', 'sending', 'delivered', 'failed', 'grouped')),
        DROP CONSTRAINT notification_delivery_ended,
        ADD CONSTRAINT notification_delivery_ended CHECK ((state IN ('delivered', 'failed', 'grouped')) = (ended_at IS NOT NULL)),
        ADD CONSTRAINT notification_delivery_gathering CHECK (state <> 'gathering' OR (notice IS NOT NULL AND group_key IS NOT NULL));
      CREATE INDEX notification_deliveries_gathering ON notification_deliveries (endpoint_id, group_key) WHERE state = 'gathering';
      CREATE INDEX notification_deliveries_of_digest ON notification_deliveries (digest_id) WHERE digest_id IS NOT NULL;

      -- Notices that an endpoint is told of together. One that was told nothing for a day is as if it had never been.
      CREATE TABLE notification_groups (
        endpoint_id bigint NOT NULL CONSTRAINT notification_group_endpoint REFERENCES notification_endpoints ON DELETE CASCADE,
        key text NOT NULL,
        -- What its notices share, as people read it.
        shared jsonb NOT NULL,
        told_at timestamptz(3),
        -- When what gathers is told next; null while nothing does.
        due_at timestamptz(3),
        CONSTRAINT notification_groups_pk PRIMARY KEY (endpoint_id, key)
      );
      CREATE INDEX notification_groups_due ON notification_groups (due_at) WHERE due_at IS NOT NULL;
      CREATE INDEX notification_groups_told ON notification_groups (told_at) WHERE due_at IS NULL;

      -- Openings that an endpoint has been told of, and is told of again while they go on.
      CREATE TABLE notification_repeats (
        endpoint_id bigint NOT NULL CONSTRAINT notification_repeat_endpoint REFERENCES notification_endpoints ON DELETE CASCADE,
        subject_kind text NOT NULL CONSTRAINT notification_repeat_subject CHECK (subject_kind IN ('anomaly', 'incident')),
        subject_id bigint NOT NULL,
        -- The notice of the opening, and how often it has been told again.
        opening_key text NOT NULL,
        told_again integer NOT NULL DEFAULT 0,
        due_at timestamptz(3) NOT NULL,
        CONSTRAINT notification_repeats_pk PRIMARY KEY (endpoint_id, subject_kind, subject_id)
      );
      CREATE INDEX notification_repeats_due ON notification_repeats (due_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE notification_repeats, notification_groups;
      DELETE FROM notification_endpoints WHERE kind = 'email';
      DELETE FROM notification_deliveries WHERE state IN ('gathering', 'grouped');
      ALTER TABLE notification_deliveries
        DROP CONSTRAINT notification_delivery_gathering,
        DROP CONSTRAINT notification_delivery_ended,
        ADD CONSTRAINT notification_delivery_ended CHECK ((state IN ('delivered', 'failed')) = (ended_at IS NOT NULL)),
        DROP CONSTRAINT notification_delivery_state,
        ADD CONSTRAINT notification_delivery_state CHECK (state IN ('waiting', 'sending', 'delivered', 'failed')),
        DROP COLUMN digest_id,
        DROP COLUMN group_key,
        DROP COLUMN notice;
      ALTER TABLE notification_endpoints
        DROP CONSTRAINT notification_endpoint_repeat,
        DROP CONSTRAINT notification_endpoint_mail,
        DROP COLUMN repeat_interval_seconds,
        DROP COLUMN digest,
        DROP COLUMN mail,
        DROP CONSTRAINT notification_endpoint_kind,
        ADD CONSTRAINT notification_endpoint_kind CHECK (kind IN ('webhook', 'slack'));
    `);
  }
}
