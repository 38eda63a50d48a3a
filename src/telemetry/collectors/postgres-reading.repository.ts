import { Injectable } from '@nestjs/common';

import { Database } from '../../database/database';

/** One number about our own database. */
export interface PostgresReading {
  readonly name: string;
  readonly value: number;
  readonly type: 'gauge' | 'counter';
}

const READ = {
  name: 'postgres_reading',
  text: `SELECT numbackends AS connections, xact_commit AS commits, xact_rollback AS rollbacks, blks_read AS blocks_read, deadlocks
         FROM pg_stat_database WHERE datname = current_database()`,
};

/** Reads what our own Postgres says of itself. */
@Injectable()
export class PostgresReadingRepository {
  constructor(private readonly database: Database) {}

  async read(): Promise<PostgresReading[]> {
    const [row] = await this.database.query<{
      connections: number;
      commits: number;
      rollbacks: number;
      blocks_read: number;
      deadlocks: number;
    }>(READ);
    return [
      { name: 'postgres_connections', value: row.connections, type: 'gauge' },
      { name: 'postgres_transactions_committed_total', value: row.commits, type: 'counter' },
      { name: 'postgres_transactions_rolled_back_total', value: row.rollbacks, type: 'counter' },
      { name: 'postgres_blocks_read_total', value: row.blocks_read, type: 'counter' },
      { name: 'postgres_deadlocks_total', value: row.deadlocks, type: 'counter' },
    ];
  }
}
