import { MigrationInterface, QueryRunner } from 'typeorm';

export class Integrations1764000000011 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE integrations (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT integrations_pk PRIMARY KEY,
        name text NOT NULL CONSTRAINT integration_name UNIQUE,
        kind text NOT NULL,
        is_enabled boolean NOT NULL DEFAULT true,
        -- Who sends shows an API key of our own, or where the protocol has no place for one, the routing key in its body.
        api_key_id bigint CONSTRAINT integration_api_key_known REFERENCES api_keys CONSTRAINT integration_api_key_once UNIQUE,
        routing_key_hash bytea CONSTRAINT integration_routing_key_once UNIQUE,
        hmac_secret bytea,
        mapping jsonb NOT NULL DEFAULT '{}',
        events_per_5_minutes integer NOT NULL DEFAULT 300 CONSTRAINT integration_budget CHECK (events_per_5_minutes BETWEEN 1 AND 1000000),
        event_count bigint NOT NULL DEFAULT 0,
        error_count bigint NOT NULL DEFAULT 0,
        last_event_at timestamptz(3),
        last_error_at timestamptz(3),
        last_error text,
        created_by text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT integration_credential CHECK ((api_key_id IS NULL) <> (routing_key_hash IS NULL))
      ) WITH (fillfactor = 70);

      -- What a sender calls an alert that is not over, and the labels that it began with: its end may be told by the key alone.
      CREATE TABLE alert_keys (
        sender text NOT NULL,
        key_hash bytea NOT NULL,
        labels jsonb NOT NULL,
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT alert_keys_pk PRIMARY KEY (sender, key_hash)
      );

      CREATE INDEX alert_keys_told ON alert_keys (updated_at);

      -- Deliveries that were taken: one that comes again is answered alike, and does nothing.
      CREATE TABLE seen_events (
        sender text NOT NULL,
        event_hash bytea NOT NULL,
        received_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT seen_events_pk PRIMARY KEY (sender, event_hash)
      );
      CREATE INDEX seen_events_received ON seen_events (received_at);

      CREATE TABLE quarantined_events (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT quarantined_events_pk PRIMARY KEY,
        protocol text NOT NULL,
        sender text NOT NULL,
        integration_id bigint CONSTRAINT quarantined_event_integration REFERENCES integrations ON DELETE SET NULL,
        content_hash bytea NOT NULL,
        media_type text NOT NULL,
        headers jsonb NOT NULL,
        body bytea NOT NULL,
        is_cut boolean NOT NULL,
        reason text NOT NULL,
        received_count bigint NOT NULL DEFAULT 1,
        received_at timestamptz(3) NOT NULL DEFAULT now(),
        last_received_at timestamptz(3) NOT NULL DEFAULT now(),
        -- A sender that tries again and again leaves one row.
        CONSTRAINT quarantined_event_once UNIQUE (sender, content_hash)
      );
      CREATE INDEX quarantined_events_received ON quarantined_events (last_received_at);
      CREATE INDEX quarantined_events_integration ON quarantined_events (integration_id);

      CREATE TABLE change_events (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT change_events_pk PRIMARY KEY,
        source text NOT NULL,
        service text,
        summary text NOT NULL,
        changed_at timestamptz(3) NOT NULL,
        details jsonb NOT NULL,
        integration_id bigint CONSTRAINT change_event_integration REFERENCES integrations ON DELETE SET NULL,
        -- What makes two deliveries the same; nothing where the sender gives nothing.
        event_hash bytea CONSTRAINT change_event_once UNIQUE,
        received_at timestamptz(3) NOT NULL DEFAULT now()
      );
      CREATE INDEX change_events_newest ON change_events (changed_at DESC, id DESC);
      CREATE INDEX change_events_integration ON change_events (integration_id);

      CREATE TABLE heartbeats (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT heartbeats_pk PRIMARY KEY,
        name text NOT NULL CONSTRAINT heartbeat_name UNIQUE,
        interval_seconds integer NOT NULL CONSTRAINT heartbeat_interval CHECK (interval_seconds BETWEEN 10 AND 31622400),
        grace_seconds integer NOT NULL CONSTRAINT heartbeat_grace CHECK (grace_seconds BETWEEN 0 AND 604800),
        severity text NOT NULL,
        labels jsonb NOT NULL DEFAULT '{}',
        is_enabled boolean NOT NULL DEFAULT true,
        -- When waiting began: at the last beat, or when the monitor was made or switched on.
        waiting_since timestamptz(3) NOT NULL DEFAULT now(),
        last_beat_at timestamptz(3),
        missed_at timestamptz(3),
        created_by text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now()
      ) WITH (fillfactor = 70);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE heartbeats, change_events, quarantined_events, seen_events, alert_keys, integrations',
    );
  }
}
