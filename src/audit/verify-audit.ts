import 'reflect-metadata';

import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { DataSource, type DataSourceOptions } from 'typeorm';

import { loadConfig } from '../config/config';
import { ConfigurationError } from '../config/environment';
import { DatabaseConfig } from '../config/sections';
import { connectionOptions } from '../database/connection-options';
import { Database } from '../database/database';
import { EmbeddedPostgres } from '../database/embedded-postgres';
import { AuditChainRepository } from './audit-chain.repository';
import { AuditCutRepository } from './audit-cut.repository';
import { AuditVerifier } from './audit-verifier';
import { CheckpointFile } from './checkpoint-file';
import { describeVerification } from './verification-report';

const CONNECTIONS = 2;
const APPLICATION = 'smartcloudops-audit-verify';

/**
 * `npm run audit:verify`: holds the whole audit log against its chain and the checkpoint in DATA_DIR. Reads only, beside a
 * running server or without one. Exit code 0 where everything holds, else 1.
 */
async function verifyAudit(): Promise<boolean> {
  const { database: config } = loadConfig();
  const postgres = config.url === undefined ? await startEmbedded(config) : null;
  const source = new DataSource({
    ...connectionOptions(config.url ?? postgres?.url ?? '', CONNECTIONS),
    applicationName: APPLICATION,
  } as DataSourceOptions);
  let othersCame = false;
  try {
    await source.initialize();
    const database = new Database(source);
    const chain = new AuditChainRepository(database);
    const cuts = new AuditCutRepository(database, chain);
    const verifier = new AuditVerifier(chain, cuts, new CheckpointFile(config));
    const found = await verifier.verify();
    for (const line of describeVerification(found)) say(line);
    othersCame = await hasOthers(database);
    return found.firstBad === null;
  } finally {
    if (source.isInitialized) await source.destroy();
    // Where a server ran before us the database is that one's and this does nothing; one that came since must not lose it.
    if (!othersCame) await postgres?.stop();
  }
}

/** Whether other programs use the database by now. */
async function hasOthers(database: Database): Promise<boolean> {
  const [{ others }] = await database.execute<{ others: number }>(
    `SELECT count(*) AS others FROM pg_stat_activity
     WHERE backend_type = 'client backend' AND datname = current_database() AND application_name <> $1`,
    [APPLICATION],
  );
  return others > 0;
}

async function startEmbedded({ dataDir }: DatabaseConfig): Promise<EmbeddedPostgres> {
  // Looking must not make a database where there is none.
  if (!['postgres', 'postgres-location'].some((name) => existsSync(join(dataDir, name))))
    throw new ConfigurationError([`DATA_DIR (${dataDir}) holds no database, and DATABASE_URL is not set`]);
  const postgres = await EmbeddedPostgres.start(dataDir);
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      postgres.abandon();
      process.exit(1);
    });
  return postgres;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

verifyAudit().then(
  (isIntact) => process.exit(isIntact ? 0 : 1),
  (error: unknown) => {
    const { code, message, stack } = error as Error & { code?: string };
    const isOlder = code === '42P01';
    say(
      isOlder
        ? 'This database has no audit chain yet: start the server once, which brings it up to date'
        : error instanceof ConfigurationError
          ? message
          : String(stack),
    );
    process.exit(1);
  },
);
