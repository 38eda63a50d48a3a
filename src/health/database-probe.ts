import { Injectable, OnApplicationShutdown } from '@nestjs/common';
import { Pool } from 'pg';
import { DataSource } from 'typeorm';
import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions.js';

import { within } from '../common/time/within';
import { Log } from '../observability/log';

/** A database that needs longer than this to say that it is there, is not there. */
const LIMIT_MS = 1_000;

/** What the database says of itself. `migrated` is null where nobody answers. */
export interface DatabaseAnswer {
  readonly reachable: boolean;
  readonly migrated: boolean | null;
}

/**
 * Asks the database whether it is there, on a connection of its own: a pool that is used up by slow queries is an overload,
 * not an outage, and must not take every replica out of the balancer at once.
 */
@Injectable()
export class DatabaseProbe implements OnApplicationShutdown {
  private readonly pool: Pool;
  private readonly tables: readonly string[];
  private migrated = false;
  private wasReachable = true;

  constructor(
    dataSource: DataSource,
    private readonly log: Log,
  ) {
    const { url } = dataSource.options as PostgresDataSourceOptions;
    this.tables = dataSource.entityMetadatas.map(({ tablePath }) => tablePath);
    this.pool = new Pool({
      connectionString: url,
      application_name: 'smartcloudops-probe',
      max: 1,
      connectionTimeoutMillis: LIMIT_MS,
      query_timeout: LIMIT_MS,
      statement_timeout: LIMIT_MS,
      idleTimeoutMillis: 60_000,
      allowExitOnIdle: true,
    });
    // A connection that breaks while idle is found broken by the next question; without a listener it would end the process.
    this.pool.on('error', () => undefined);
  }

  /** Never throws and never takes longer than a second. */
  async ask(): Promise<DatabaseAnswer> {
    try {
      const answer = { reachable: true, migrated: await within(this.isMigrated(), LIMIT_MS) };
      if (!this.wasReachable) this.log.info({}, 'the database answers again');
      this.wasReachable = true;
      return answer;
    } catch (error) {
      if (this.wasReachable)
        this.log.warn({ reason: (error as Error).message }, 'the database does not answer');
      this.wasReachable = false;
      return { reachable: false, migrated: null };
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }

  /** Whether every table of ours exists. Asked until it is so: tables do not go away again. */
  private async isMigrated(): Promise<boolean> {
    if (this.migrated) {
      await this.pool.query('SELECT 1');
      return true;
    }
    const { rows } = await this.pool.query<{ missing: number }>(
      'SELECT count(*)::int AS missing FROM unnest($1::text[]) AS name WHERE to_regclass(name) IS NULL',
      [this.tables],
    );
    this.migrated = rows[0].missing === 0;
    return this.migrated;
  }
}
