import { chmodSync, closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

import { Client } from 'pg';

import { EmbeddedPostgres } from '../../../src/database/embedded-postgres';
import { migrate } from '../../../src/database/migrate';
import { MIGRATIONS } from '../../../src/schema';
import { median } from './verdict';

const TABLES =
  'anomalies, anomaly_history, anomaly_comments, anomaly_counts, anomaly_count_deltas, audit_log, audit_seals';

/**
 * Anomalies that look alike in every database: two fifths of them open, severities and sources spread evenly, one a second, newest last.
 * Times are fixed, so that servers can be held against each other.
 */
const SEED = `
  INSERT INTO anomalies (title, description, severity, status, anomaly_score, confidence, source, explanation, metrics_data, created_at, updated_at, created_by)
  SELECT 'CPU usage of web-' || n % 97 || ' is far outside its band',
         'The usage of host web-' || n % 97 || ' stood at ' || n % 101 || ' percent for five minutes, where its usual band ends at 60 percent.',
         (ARRAY['low', 'medium', 'high', 'critical'])[1 + n % 4],
         (ARRAY['open', 'acknowledged', 'open', 'resolved', 'dismissed'])[1 + n % 5],
         (n % 100) / 100.0, (n % 50) / 50.0, 'source-' || n % 7, 'Seven of nine views agree',
         jsonb_build_object('cpu_usage', n % 101, 'host', 'web-' || n % 97),
         timestamptz '2026-01-01' + n * interval '1 second', timestamptz '2026-01-01' + n * interval '1 second', 'admin'
  FROM generate_series($1::integer, $2::integer) AS n`;
const SEED_STEP = 100_000;

const SEAL_LIMIT_MS = 30_000;

const PROBES = 50;
const PROBE_BYTES = 8_192;

/** The PostgreSQL that all servers of a run share, each with a database of its own; durable, as in production. */
export class BenchDatabase {
  private constructor(
    private readonly serverUrl: string,
    private readonly server: EmbeddedPostgres | null,
    readonly folder: string,
    private readonly admin: Client,
  ) {}

  /** Starts a cluster in a temporary folder, or takes `BENCH_DATABASE_URL`. */
  static async start(): Promise<BenchDatabase> {
    const folder = mkdtempSync(join(tmpdir(), 'bench-speed-'));
    // As root the database runs as another user, who must be able to enter.
    chmodSync(folder, 0o755);
    const given = process.env.BENCH_DATABASE_URL;
    const server = given === undefined ? await EmbeddedPostgres.start(folder) : null;
    const serverUrl = server?.url ?? given ?? '';
    const admin = new Client({ connectionString: databaseUrl(serverUrl, 'postgres') });
    await admin.connect();
    return new BenchDatabase(serverUrl, server, folder, admin);
  }

  async stop(): Promise<void> {
    await this.admin.end();
    await this.server?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  url(database: string): string {
    return databaseUrl(this.serverUrl, database);
  }

  /** A migrated database with so many anomalies, vacuumed and analysed. */
  async seed(database: string, anomalies: number): Promise<void> {
    await this.admin.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    await this.admin.query(`CREATE DATABASE ${database}`);
    await migrate(this.url(database), MIGRATIONS);
    await this.within(database, async (client) => {
      // Indexes are made again at the end: keeping twelve of them row by row takes many times as long.
      const { rows: indexes } = await client.query<{ name: string; definition: string }>(
        `SELECT indexname AS name, indexdef AS definition FROM pg_indexes
         WHERE tablename = 'anomalies' AND indexname <> 'anomalies_pk'`,
      );
      for (const { name } of indexes) await client.query(`DROP INDEX ${name}`);
      for (let first = 1; first <= anomalies; first += SEED_STEP)
        await client.query(SEED, [first, Math.min(anomalies, first + SEED_STEP - 1)]);
      for (const { definition } of indexes) await client.query(definition);
      await client.query(
        `INSERT INTO anomaly_counts SELECT status, severity, source, sum(delta) FROM anomaly_count_deltas GROUP BY 1, 2, 3`,
      );
      await client.query('TRUNCATE anomaly_count_deltas');
      await client.query('VACUUM ANALYZE');
    });
  }

  async copy(from: string, to: string): Promise<void> {
    await this.admin.query(`DROP DATABASE IF EXISTS ${to} WITH (FORCE)`);
    await this.admin.query(`CREATE DATABASE ${to} TEMPLATE ${from}`);
  }

  /** Empties the tables that POST fills, and writes to disk what waits, so that every turn begins alike. */
  async truncate(database: string): Promise<void> {
    await this.within(database, async (client) => {
      // The audit log refuses to be emptied, even for us; only a replica's session passes its trigger.
      await client.query('SET session_replication_role = replica');
      // Cascading: what refers to anomalies is empty here.
      await client.query(`TRUNCATE ${TABLES} CASCADE`);
      await client.query('CHECKPOINT');
    });
  }

  /** Waits until the background has chained every audit row, so that its work counts for the turn that caused it. */
  async awaitSeals(database: string): Promise<void> {
    await this.within(database, async (client) => {
      const deadline = Date.now() + SEAL_LIMIT_MS;
      for (;;) {
        const { rows } = await client.query<{ sealed: boolean }>(
          'SELECT (SELECT count(*) FROM audit_log) = (SELECT count(*) FROM audit_seals) AS sealed',
        );
        if (rows[0].sealed) return;
        if (Date.now() > deadline) throw new Error('The audit rows of a turn were not sealed in time');
        await delay(50);
      }
    });
  }

  /** One number from a database. */
  async number(database: string, text: string): Promise<number> {
    return this.within(database, async (client) => {
      const { rows } = await client.query<{ value: string }>(text);
      return Number(rows[0].value);
    });
  }

  /** The processes that serve connections to a database; none where the server is on another machine. */
  async backends(database: string): Promise<number[]> {
    if (this.server === null) return [];
    const { rows } = await this.admin.query<{ pid: number }>(
      'SELECT pid FROM pg_stat_activity WHERE datname = $1',
      [database],
    );
    return rows.map(({ pid }) => pid);
  }

  async version(): Promise<string> {
    return (await this.admin.query<{ server_version: string }>('SHOW server_version')).rows[0].server_version;
  }

  /** What one durable write costs on this disk at present: the median of fifty. */
  probeDisk(): number {
    const path = join(this.folder, 'sync-probe');
    const file = openSync(path, 'w');
    const block = Buffer.alloc(PROBE_BYTES, 1);
    const times = Array.from({ length: PROBES }, () => {
      const start = performance.now();
      writeSync(file, block);
      fdatasyncSync(file);
      return performance.now() - start;
    });
    closeSync(file);
    rmSync(path);
    return median(times);
  }

  async within<T>(database: string, work: (client: Client) => Promise<T>): Promise<T> {
    const client = new Client({ connectionString: this.url(database), application_name: 'bench' });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }
}

function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.toString();
}
