import { MigrationInterface, QueryRunner } from 'typeorm';

export class IdempotencyAndLimits1764000000008 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- json, not jsonb: an answer is replayed as it was sent, its members in their order.
      CREATE TABLE idempotency_keys (
        key_hash bytea NOT NULL CONSTRAINT idempotency_keys_pk PRIMARY KEY,
        fingerprint bytea NOT NULL,
        answer json NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);

      -- Counts that are worth nothing after a minute: not logged, so that counting costs no disk write; a crash of Postgres forgets them.
      CREATE UNLOGGED TABLE rate_usage (
        tier text NOT NULL,
        caller text NOT NULL,
        window_start timestamptz NOT NULL,
        used integer NOT NULL,
        CONSTRAINT rate_usage_pk PRIMARY KEY (tier, caller)
      ) WITH (fillfactor = 70);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE rate_usage; DROP TABLE idempotency_keys');
  }
}
