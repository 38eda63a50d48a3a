import { Injectable } from '@nestjs/common';

import { Database } from '../database/database';
import { WINDOW_SECONDS, windowOf } from './rate-window';

/** Requests of a caller in a tier. */
export interface UsageEntry {
  readonly tier: string;
  readonly caller: string;
  readonly count: number;
}

const NOW = {
  name: 'rate_usage_now',
  text: `SELECT extract(epoch FROM clock_timestamp())::float8 AS seconds`,
};

/** In the order of the key, so that two processes that report at once wait for each other, and never crosswise. */
const REPORT = {
  name: 'rate_usage_report',
  text: `INSERT INTO rate_usage AS u (tier, caller, window_start, used)
         SELECT tier, caller, to_timestamp($4), used FROM unnest($1::text[], $2::text[], $3::integer[]) AS news(tier, caller, used)
         ORDER BY tier, caller
         ON CONFLICT ON CONSTRAINT rate_usage_pk DO UPDATE SET window_start = excluded.window_start,
           used = excluded.used + CASE WHEN u.window_start = excluded.window_start THEN u.used ELSE 0 END
         WHERE u.window_start <= excluded.window_start
         RETURNING tier, caller, used, extract(epoch FROM clock_timestamp())::float8 AS seconds`,
};

/** Counts if there is room; `used` is null where there is none. Who waited for the row into the next window counts there. */
const COUNT = {
  name: 'rate_usage_count',
  text: `WITH present AS (SELECT to_timestamp($4::bigint * floor(extract(epoch FROM now()) / $4::bigint)) AS window_start),
         counted AS (
           INSERT INTO rate_usage AS u (tier, caller, window_start, used)
           SELECT $1, $2, window_start, 1 FROM present
           ON CONFLICT ON CONSTRAINT rate_usage_pk DO UPDATE SET
             window_start = greatest(u.window_start, excluded.window_start),
             used = 1 + CASE WHEN u.window_start < excluded.window_start THEN 0 ELSE u.used END
           WHERE u.window_start < excluded.window_start OR u.used < $3
           RETURNING used)
         SELECT (SELECT used FROM counted) AS used, extract(epoch FROM clock_timestamp())::float8 AS seconds`,
};

/** Rows from the future are of a clock that has been set back; until they are gone nobody is counted in them. */
const PURGE = {
  name: 'rate_usage_purge',
  text: `DELETE FROM rate_usage WHERE (tier, caller) IN (
           SELECT tier, caller FROM rate_usage WHERE window_start NOT BETWEEN now() - interval '5 minutes' AND now() + interval '1 minute'
           LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING 1`,
};

/** What callers have used of their limits, over all processes, by the database's clock. */
@Injectable()
export class RateUsageRepository {
  constructor(private readonly database: Database) {}

  /** Epoch seconds, as the database has it. */
  async now(): Promise<number> {
    return (await this.database.query<{ seconds: number }>(NOW))[0].seconds;
  }

  /** Adds what this process has admitted in a window; returns what all have of the same callers, and the time. */
  async report(
    news: readonly UsageEntry[],
    window: number,
  ): Promise<{ totals: UsageEntry[]; epochSeconds: number | null }> {
    const rows = await this.database.query<{ tier: string; caller: string; used: number; seconds: number }>(
      REPORT,
      [
        news.map(({ tier }) => tier),
        news.map(({ caller }) => caller),
        news.map(({ count }) => count),
        window,
      ],
    );
    const totals = rows.map(({ tier, caller, used }) => ({ tier, caller, count: used }));
    return { totals, epochSeconds: rows.length === 0 ? null : rows[0].seconds };
  }

  /** Counts one request exactly, if there is room: how many it makes in this window, or null; and the time. */
  async count(
    tier: string,
    caller: string,
    limit: number,
  ): Promise<{ used: number | null; epochSeconds: number; window: number }> {
    const [{ used, seconds }] = await this.database.query<{ used: number | null; seconds: number }>(COUNT, [
      tier,
      caller,
      limit,
      WINDOW_SECONDS,
    ]);
    return { used, epochSeconds: seconds, window: windowOf(seconds) };
  }

  /** Forgets some counts of past minutes; returns how many. */
  async purge(limit: number): Promise<number> {
    return (await this.database.query(PURGE, [limit])).length;
  }
}
