import { Injectable } from '@nestjs/common';

import { Database } from '../database/database';
import { ACCOUNT_LOCKOUT, ADDRESS_LOCKOUT, ANY_ACCOUNT, FAMILIAR_DAYS } from './lockout';

const BLOCKED = {
  name: 'login_attempts_blocked',
  text: `SELECT ceil(extract(epoch FROM max(blocked_until) - now()))::integer AS seconds FROM login_attempts
         WHERE blocked_until > now() AND address = $2 AND (account_hash = $1 OR (account_hash = $3 AND NOT EXISTS (
           SELECT FROM login_attempts
           WHERE account_hash = $1 AND address = $2 AND succeeded_at > now() - make_interval(days => $4))))`,
};

/** Counts within a window that begins with its first failure; a new one begins when that is over, or a block is. */
const COUNT_FAILURE = {
  name: 'login_attempts_count_failure',
  text: `INSERT INTO login_attempts AS l (account_hash, address, failures, blocked_until)
         VALUES ($1, $2, 1, CASE WHEN $3 <= 1 THEN now() + make_interval(secs => $5) END)
         ON CONFLICT ON CONSTRAINT login_attempts_pk DO UPDATE SET (failures, counted_since, blocked_until, updated_at) = (
           SELECT n.failures, n.counted_since,
                  CASE WHEN n.failures >= $3 THEN now() + make_interval(secs => $5) END, now()
           FROM (SELECT CASE WHEN fresh THEN 1 ELSE l.failures + 1 END AS failures,
                        CASE WHEN fresh THEN now() ELSE l.counted_since END AS counted_since
                 FROM (SELECT l.failures = 0 OR l.blocked_until <= now()
                              OR l.counted_since <= now() - make_interval(secs => $4) AS fresh) f) n)
         RETURNING blocked_until IS NOT NULL AS blocked`,
};

const COUNT_SUCCESS = {
  name: 'login_attempts_count_success',
  text: `INSERT INTO login_attempts (account_hash, address, succeeded_at) VALUES ($1, $2, now())
         ON CONFLICT ON CONSTRAINT login_attempts_pk
         DO UPDATE SET failures = 0, blocked_until = NULL, succeeded_at = now(), updated_at = now()`,
};

const PURGE = {
  name: 'login_attempts_purge',
  text: `DELETE FROM login_attempts WHERE (account_hash, address) IN (
           SELECT account_hash, address FROM login_attempts
           WHERE updated_at < now() - interval '1 day' AND (succeeded_at IS NULL OR succeeded_at < now() - make_interval(days => $1))
           ORDER BY updated_at LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING 1`,
};
const OLDEST = { name: 'login_attempts_oldest', text: 'SELECT min(updated_at) AS at FROM login_attempts' };

/** The failures behind the lockout, judged by the database's clock, so that all processes agree. */
@Injectable()
export class LoginAttemptsRepository {
  constructor(private readonly database: Database) {}

  /** For how many seconds yet this account is blocked at this address; null where it is not. */
  async findBlock(account: Buffer, address: string): Promise<number | null> {
    const rows = await this.database.query<{ seconds: number | null }>(BLOCKED, [
      account,
      address,
      ANY_ACCOUNT,
      FAMILIAR_DAYS,
    ]);
    return rows[0].seconds;
  }

  /** Counts a failure for the address and for the account there; whether the account is blocked now. */
  async countFailure(account: Buffer, address: string): Promise<boolean> {
    // The address first, always: two failures at once wait for each other, and never crosswise.
    await this.count(ANY_ACCOUNT, address, ADDRESS_LOCKOUT);
    return this.count(account, address, ACCOUNT_LOCKOUT);
  }

  async countSuccess(account: Buffer, address: string): Promise<void> {
    await this.database.query(COUNT_SUCCESS, [account, address]);
  }

  /** Forgets some of what can no longer matter; returns how many. */
  async purge(limit: number): Promise<number> {
    return (await this.database.query(PURGE, [FAMILIAR_DAYS, limit])).length;
  }

  async oldest(): Promise<Date | null> {
    return (await this.database.query<{ at: Date | null }>(OLDEST))[0].at;
  }

  private async count(
    account: Buffer,
    address: string,
    { failures, windowSeconds, blockSeconds }: typeof ACCOUNT_LOCKOUT,
  ): Promise<boolean> {
    const rows = await this.database.query<{ blocked: boolean }>(COUNT_FAILURE, [
      account,
      address,
      failures,
      windowSeconds,
      blockSeconds,
    ]);
    return rows[0].blocked;
  }
}
