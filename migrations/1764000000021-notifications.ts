import { MigrationInterface, QueryRunner } from 'typeorm';

export class Notifications1764000000021 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE notification_endpoints (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT notification_endpoints_pk PRIMARY KEY,
        name text NOT NULL CONSTRAINT notification_endpoint_name UNIQUE,
        kind text NOT NULL CONSTRAINT notification_endpoint_kind CHECK (kind IN ('webhook', 'slack')),
        -- Scheme, host and port; the whole URL is a secret, since its path often is the key.
        destination text NOT NULL,
        is_enabled boolean NOT NULL DEFAULT true,
        -- Why the product itself switched it off.
        disabled_reason text,
        events jsonb NOT NULL,
        minimum_severity text NOT NULL DEFAULT 'low' CONSTRAINT notification_endpoint_severity CHECK (minimum_severity IN ('low', 'medium', 'high', 'critical')),
        matchers jsonb NOT NULL DEFAULT '[]',
        quiet_hours jsonb,
        -- The breaker: attempts that failed since the last that did not, and until when it is left alone.
        failures integer NOT NULL DEFAULT 0,
        paused_until timestamptz(3),
        version integer NOT NULL DEFAULT 1,
        created_by text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now()
      );

      CREATE TABLE notification_secrets (
        endpoint_id bigint NOT NULL CONSTRAINT notification_secret_endpoint REFERENCES notification_endpoints ON DELETE CASCADE,
        name text NOT NULL,
        -- Opens for this endpoint and name only.
        sealed bytea NOT NULL,
        set_by text NOT NULL,
        set_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT notification_secrets_pk PRIMARY KEY (endpoint_id, name)
      );

      -- Grows with every claim, so that a late worker cannot tell the end of what is another's by now.
      CREATE SEQUENCE notification_fence AS bigint;

      CREATE TABLE notification_deliveries (
        -- Also the webhook-id that the receiver sees, over all attempts and replays.
        id uuid NOT NULL DEFAULT gen_random_uuid() CONSTRAINT notification_deliveries_pk PRIMARY KEY,
        endpoint_id bigint NOT NULL CONSTRAINT notification_delivery_endpoint REFERENCES notification_endpoints ON DELETE CASCADE,
        -- What is told, so that nobody is told it twice.
        notice_key text NOT NULL,
        type text NOT NULL,
        body text NOT NULL,
        state text NOT NULL DEFAULT 'waiting' CONSTRAINT notification_delivery_state CHECK (state IN ('waiting', 'sending', 'delivered', 'failed')),
        attempts integer NOT NULL DEFAULT 0,
        -- Attempts since it was made or replayed; the waits between them grow with these.
        attempts_in_row integer NOT NULL DEFAULT 0,
        due_at timestamptz(3) NOT NULL,
        give_up_at timestamptz(3) NOT NULL,
        fence bigint,
        worker text,
        lease_until timestamptz(3),
        error text,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        ended_at timestamptz(3),
        CONSTRAINT notification_delivery_once UNIQUE (endpoint_id, notice_key),
        CONSTRAINT notification_delivery_claimed CHECK (state <> 'sending' OR (fence IS NOT NULL AND lease_until IS NOT NULL AND worker IS NOT NULL)),
        CONSTRAINT notification_delivery_ended CHECK ((state IN ('delivered', 'failed')) = (ended_at IS NOT NULL))
      ) WITH (fillfactor = 80);
      CREATE INDEX notification_deliveries_waiting ON notification_deliveries (due_at) WHERE state = 'waiting';
      CREATE INDEX notification_deliveries_sending ON notification_deliveries (endpoint_id, lease_until) WHERE state = 'sending';
      CREATE INDEX notification_deliveries_ended ON notification_deliveries (ended_at) WHERE ended_at IS NOT NULL;
      CREATE INDEX notification_deliveries_newest ON notification_deliveries (created_at DESC, id);
      CREATE INDEX notification_deliveries_of_endpoint ON notification_deliveries (endpoint_id, created_at DESC, id);

      CREATE TABLE notification_attempts (
        delivery_id uuid NOT NULL CONSTRAINT notification_attempt_delivery REFERENCES notification_deliveries ON DELETE CASCADE,
        number integer NOT NULL,
        at timestamptz(3) NOT NULL DEFAULT now(),
        duration_ms integer NOT NULL,
        status integer,
        error text,
        CONSTRAINT notification_attempts_pk PRIMARY KEY (delivery_id, number)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE notification_attempts, notification_deliveries, notification_secrets, notification_endpoints;
      DROP SEQUENCE notification_fence;
    `);
  }
}
