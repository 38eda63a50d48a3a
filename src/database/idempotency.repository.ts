import { Injectable } from '@nestjs/common';

import { Database } from './database';
import { lockNumber } from './idempotency';

/** An answer as it is sent again. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What was answered under a key, and to which request. */
export interface KeptRow {
  readonly fingerprint: Buffer;
  readonly answer: KeptAnswer;
}

const KEPT_FOR = "interval '24 hours'";

/** The lock goes with the transaction, and so with a process that dies: "in progress" never outlives the progress. */
const CLAIM = {
  name: 'idempotency_claim',
  text: `SELECT pg_try_advisory_xact_lock($2) AS claimed, fingerprint, answer
         FROM (SELECT) AS this LEFT JOIN idempotency_keys ON key_hash = $1 AND created_at > now() - ${KEPT_FOR}`,
};

const FIND = {
  name: 'idempotency_find',
  text: `SELECT fingerprint, answer FROM idempotency_keys WHERE key_hash = $1 AND created_at > now() - ${KEPT_FOR}`,
};

/** Only a row whose time is over can be in the way: whoever gets here holds the lock and has looked. */
const KEEP = {
  name: 'idempotency_keep',
  text: `INSERT INTO idempotency_keys (key_hash, fingerprint, answer) VALUES ($1, $2, $3)
         ON CONFLICT ON CONSTRAINT idempotency_keys_pk
         DO UPDATE SET fingerprint = excluded.fingerprint, answer = excluded.answer, created_at = excluded.created_at`,
};

const PURGE = {
  name: 'idempotency_purge',
  text: `DELETE FROM idempotency_keys WHERE key_hash IN (
           SELECT key_hash FROM idempotency_keys WHERE created_at <= now() - ${KEPT_FOR} ORDER BY created_at LIMIT $1
           FOR UPDATE SKIP LOCKED) RETURNING 1`,
};
const OLDEST = { name: 'idempotency_oldest', text: 'SELECT min(created_at) AS at FROM idempotency_keys' };

/** Idempotency keys with the answers that were given under them. */
@Injectable()
export class IdempotencyRepository {
  constructor(private readonly database: Database) {}

  /** Takes the key for the open transaction unless another has it, and looks what was answered under it. */
  async claim(hash: Buffer): Promise<{ isClaimed: boolean; kept: KeptRow | null }> {
    const [row] = await this.database.query<
      { claimed: boolean } & { [Member in keyof KeptRow]: KeptRow[Member] | null }
    >(CLAIM, [hash, lockNumber(hash)]);
    const { claimed, fingerprint, answer } = row;
    return {
      isClaimed: claimed,
      kept: fingerprint === null || answer === null ? null : { fingerprint, answer },
    };
  }

  async find(hash: Buffer): Promise<KeptRow | null> {
    const [row] = await this.database.query<{ [Member in keyof KeptRow]: KeptRow[Member] }>(FIND, [hash]);
    return row ?? null;
  }

  async keep(hash: Buffer, { fingerprint, answer }: KeptRow): Promise<void> {
    await this.database.query(KEEP, [hash, fingerprint, JSON.stringify(answer)]);
  }

  /** Forgets some of what is older than its time; returns how many. */
  async purge(limit: number): Promise<number> {
    return (await this.database.query(PURGE, [limit])).length;
  }

  async oldest(): Promise<Date | null> {
    return (await this.database.query<{ at: Date | null }>(OLDEST))[0].at;
  }
}
