import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Client } from 'pg';

import { eventually, TestApp } from '../support/test-app';
import { createTestDatabase } from '../support/test-database';

const AFTER_RESTORE = readFileSync(
  join(__dirname, '..', '..', 'deploy', 'postgres', 'after-restore.sql'),
  'utf8',
);

/** Statement after statement, as psql does: the block ends transactions of its own, and must not be inside one. */
async function runScript(client: Client): Promise<void> {
  for (const statement of AFTER_RESTORE.split(/;\n\n/)) await client.query(statement);
}

describe('a database that was restored into a server whose transactions count from the beginning', () => {
  it('has its samples scored again once after-restore.sql has run', async () => {
    const database = await createTestDatabase();
    const client = new Client({ connectionString: database.url });
    await client.connect();
    // As in a dump of a server that has come 5,000 transactions further.
    await client.query(
      `UPDATE sample_group_cursors SET xact = (pg_current_xact_id()::text::bigint + 5000)::text::xid8, told_xact = (pg_current_xact_id()::text::bigint + 5000)::text::xid8`,
    );
    await runScript(client);
    // Run again it does nothing.
    await runScript(client);
    const server = await TestApp.start({}, database);
    try {
      await server.post('/api/telemetry/samples', { samples: [{ name: 'depth', value: 1 }] });
      const scored = async () =>
        Number(/^detection_samples_scored_total (\d+)$/m.exec((await server.get('/metrics')).text)?.[1]);
      expect(await eventually(scored, (count) => count > 0)).toBe(1);
    } finally {
      await server.stop();
      await client.end();
      await database.drop();
    }
  });
});
