import { Injectable } from '@nestjs/common';

import { Database } from '../database/database';

export interface DatabaseFacts {
  readonly version: string;
  readonly database: string;
  readonly host: string | null;
  readonly port: number | null;
  readonly encrypted: boolean;
  readonly sizeBytes: number;
  readonly serverConnections: number;
  readonly maxServerConnections: number;
  readonly isReplica: boolean;
  readonly startedAt: Date;
  readonly migrations: number;
  readonly newestMigration: string | null;
}

/** A local socket has no address. The server says it all itself: our URL, with its credentials, is not looked at. */
const FACTS = {
  name: 'health_database_facts',
  text: `SELECT current_setting('server_version') AS version,
                current_database() AS database,
                host(inet_server_addr()) AS host,
                inet_server_port() AS port,
                COALESCE((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS encrypted,
                pg_database_size(current_database()) AS "sizeBytes",
                (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS "serverConnections",
                current_setting('max_connections')::int AS "maxServerConnections",
                pg_is_in_recovery() AS "isReplica",
                pg_postmaster_start_time() AS "startedAt",
                (SELECT count(*) FROM migrations) AS migrations,
                (SELECT name FROM migrations ORDER BY timestamp DESC LIMIT 1) AS "newestMigration"`,
};

/** What the database says of itself: its version, its size, and who is connected. */
@Injectable()
export class DatabaseFactsReader {
  constructor(private readonly database: Database) {}

  async read(): Promise<DatabaseFacts> {
    return (await this.database.query<DatabaseFacts & Record<string, unknown>>(FACTS))[0];
  }
}
