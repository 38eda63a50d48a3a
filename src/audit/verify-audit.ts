import 'reflect-metadata';

import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { DataSource } from 'typeorm';

import { loadConfig } from '../config/config';
import { ConfigurationError } from '../config/environment';
import { DatabaseConfig } from '../config/sections';
import { connectionOptions } from '../database/connection-options';
import { Database } from '../database/database';
import { EmbeddedPostgres } from '../database/embedded-postgres';
import { AuditChainRepository } from './audit-chain.repository';
import { AuditVerifier } from './audit-verifier';
import { CheckpointFile } from './checkpoint-file';
import { describeVerification } from './verification-report';

const CONNECTIONS = 2;

/**
 * `npm run audit:verify`: holds the whole audit log against its chain and the checkpoint in DATA_DIR. Reads only, beside a
 * running server or without one. Exit code 0 where everything holds, else 1.
 */
async function verifyAudit(): Promise<boolean> {
  const { database: config } = loadConfig();
  const postgres = config.url === undefined ? await startEmbedded(config) : null;
  try {
    const source = new DataSource(connectionOptions(config.url ?? postgres?.url ?? '', CONNECTIONS));
    await source.initialize();
    try {
      const chain = new AuditChainRepository(new Database(source));
      const found = await new AuditVerifier(chain, new CheckpointFile(config)).verify();
      for (const line of describeVerification(found)) say(line);
      return found.firstBad === null;
    } finally {
      await source.destroy();
    }
  } finally {
    // Does nothing where a server runs: the database is that one's.
    await postgres?.stop();
  }
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
