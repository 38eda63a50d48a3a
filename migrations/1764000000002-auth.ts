import { MigrationInterface, QueryRunner } from 'typeorm';

export class Auth1764000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE users (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT users_pk PRIMARY KEY,
        username text NOT NULL CONSTRAINT users_username_length CHECK (length(username) BETWEEN 1 AND 64),
        email text NOT NULL CONSTRAINT users_email_length CHECK (length(email) BETWEEN 3 AND 254),
        password_hash text NOT NULL,
        role text NOT NULL CONSTRAINT users_role CHECK (role IN ('admin', 'operator', 'analyst', 'viewer', 'user')),
        is_active boolean NOT NULL DEFAULT true,
        token_version integer NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        last_login_at timestamptz
      );
      CREATE UNIQUE INDEX users_username_unique ON users (lower(username));
      CREATE UNIQUE INDEX users_email_unique ON users (lower(email));

      CREATE TABLE refresh_tokens (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT refresh_tokens_pk PRIMARY KEY,
        user_id bigint NOT NULL CONSTRAINT refresh_tokens_user_fk REFERENCES users (id) ON DELETE CASCADE,
        family uuid NOT NULL,
        token_hash bytea NOT NULL CONSTRAINT refresh_tokens_hash_unique UNIQUE,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL CONSTRAINT refresh_tokens_expires_later CHECK (expires_at > created_at),
        rotated_at timestamptz,
        revoked_at timestamptz
      );
      CREATE INDEX refresh_tokens_family ON refresh_tokens (family);
      CREATE INDEX refresh_tokens_user ON refresh_tokens (user_id);
      CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_at);

      CREATE TABLE api_keys (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT api_keys_pk PRIMARY KEY,
        name text NOT NULL CONSTRAINT api_keys_name_length CHECK (length(name) BETWEEN 1 AND 100),
        prefix text NOT NULL,
        key_hash bytea NOT NULL CONSTRAINT api_keys_hash_unique UNIQUE,
        scopes text[] NOT NULL CONSTRAINT api_keys_scopes_some CHECK (cardinality(scopes) > 0),
        created_by bigint NOT NULL CONSTRAINT api_keys_created_by_fk REFERENCES users (id),
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz CONSTRAINT api_keys_expires_later CHECK (expires_at > created_at),
        last_used_at timestamptz,
        revoked_at timestamptz
      );

      CREATE TABLE login_attempts (
        account_hash bytea NOT NULL,
        address text NOT NULL,
        failures integer NOT NULL DEFAULT 0,
        counted_since timestamptz NOT NULL DEFAULT now(),
        blocked_until timestamptz,
        succeeded_at timestamptz,
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT login_attempts_pk PRIMARY KEY (account_hash, address)
      );
      CREATE INDEX login_attempts_age ON login_attempts (updated_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE login_attempts, api_keys, refresh_tokens, users');
  }
}
