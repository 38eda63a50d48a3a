import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DataSource } from 'typeorm';

import { GENESIS, nextSeal } from '../../src/audit/audit-chain';
import { AuditChainRepository } from '../../src/audit/audit-chain.repository';
import { AuditCheckpoints } from '../../src/audit/audit-checkpoints';
import { AuditVerification, AuditVerifier, SealRange } from '../../src/audit/audit-verifier';
import { Database } from '../../src/database/database';
import { MIGRATIONS } from '../../src/schema';
import { ServerProcess } from '../support/server-process';
import { eventually, TestApp } from '../support/test-app';
import { createTestDatabase, TestDatabase } from '../support/test-database';

const anomaly = (title: string) => ({
  title,
  description: 'd',
  severity: 'low',
  anomaly_score: 0.1,
  confidence: 0.1,
});

const CLI = join(__dirname, '../../dist/src/audit/verify-audit.js');

interface Counts {
  rows: number;
  seals: number;
}

async function counts(database: TestDatabase): Promise<Counts> {
  const [{ rows, seals }] = await database.query<Counts>(
    'SELECT (SELECT count(*) FROM audit_log)::int AS rows, (SELECT count(*) FROM audit_seals)::int AS seals',
  );
  return { rows, seals };
}

/** Waits until every row has its seal. */
function allSealed(database: TestDatabase, timeoutMs?: number): Promise<Counts> {
  return eventually(
    () => counts(database),
    ({ rows, seals }) => rows === seals,
    timeoutMs,
  );
}

const verify = (server: TestApp, range?: SealRange): Promise<AuditVerification> =>
  server.app.get(AuditVerifier).verify(range);

/** Writes rows as some other program on this database would. */
const WRITE = `INSERT INTO audit_log (actor_kind, actor_name, action, subject_type, subject_id, before)
  SELECT 'system', 'test', 'test.done', 'test', n::text, jsonb_build_object('n', n + 0.10) FROM generate_series(1, $1::int) AS n`;

describe('the audit chain', () => {
  let shared: TestDatabase;
  let server: TestApp;
  let other: TestApp;

  beforeAll(async () => {
    shared = await createTestDatabase();
    server = await TestApp.start({}, shared);
    other = await TestApp.start({}, shared);
    await server.tokenOf('admin');
    await other.tokenOf('admin');
  });
  afterAll(async () => {
    await other.stop();
    await server.stop();
    await shared.drop();
  });

  it('holds 500 changes made at once through two processes, each sealed once and soon', async () => {
    const before = await counts(shared);
    let left = Array.from({ length: 500 }, (_, n) => n);
    while (left.length > 0) {
      const answers = await Promise.all(
        left.map((n) => [server, other][n % 2].post('/api/anomalies', anomaly(`many ${n}`))),
      );
      const statuses = answers.map(({ status }) => status);
      expect(statuses.filter((status) => status !== 201 && status !== 503)).toEqual([]);
      // A slow machine refuses whoever waits too long for a connection; what is refused has left nothing, and is sent again.
      left = left.filter((_, index) => statuses[index] === 503);
    }
    const { rows } = await allSealed(shared, 5_000);
    expect(rows - before.rows).toBe(500);
    const found = await verify(server);
    expect(found).toMatchObject({
      firstBad: null,
      fromSeq: 1,
      toSeq: rows,
      verified: rows,
      unsealed: { count: 0 },
    });
    const [{ once: ids }] = await shared.query<{ once: number }>(
      'SELECT count(DISTINCT audit_id)::int AS once FROM audit_seals',
    );
    expect(ids).toBe(rows);
  });

  it('seals a change within a second', async () => {
    const written = await server.post('/api/anomalies', anomaly('soon'));
    expect(written.status).toBe(201);
    await allSealed(shared, 1_000);
  });

  it('waits for no open transaction, and seals what it wrote once it has ended', async () => {
    const writer = await server.app.get(Database).connect();
    try {
      await writer.query('BEGIN');
      await writer.query(WRITE, [1]);
      await server.post('/api/anomalies', anomaly('meanwhile'));
      const open = await allSealed(shared, 1_500);
      await writer.query('COMMIT');
      const ended = await allSealed(shared, 1_500);
      expect(ended.rows).toBe(open.rows + 1);
    } finally {
      writer.release();
    }
    expect((await verify(server)).firstBad).toBeNull();
  });

  it('is continued by another process when the sealing one loses its session', async () => {
    await shared.query(
      `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = 7203452
       AND objid = hashtext('audit-sealer')::bigint & 4294967295`,
    );
    await other.post('/api/anomalies', anomaly('after the change of office'));
    await allSealed(shared);
    expect((await verify(server)).firstBad).toBeNull();
  });

  it('is verified in part: a range, or the last so many', async () => {
    const { seals } = await allSealed(shared);
    expect(await verify(server, { from: 10, to: 19 })).toMatchObject({
      fromSeq: 10,
      toSeq: 19,
      verified: 10,
      firstBad: null,
    });
    expect(await verify(server, { last: 7 })).toMatchObject({
      fromSeq: seals - 6,
      toSeq: seals,
      verified: 7,
    });
    expect(await verify(server, { last: 100_000 })).toMatchObject({ fromSeq: 1, verified: seals });
    expect(await verify(server, { from: seals + 5, to: seals + 9 })).toMatchObject({
      fromSeq: 0,
      toSeq: 0,
      verified: 0,
      firstBad: null,
    });
  });

  describe('with no audit row, no change', () => {
    const BREAKS: [how: string, broken: string, mended: string][] = [
      [
        'refuses rows',
        `CREATE FUNCTION refuse_all() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
         CREATE TRIGGER refuse_all BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION refuse_all()`,
        'DROP TRIGGER refuse_all ON audit_log; DROP FUNCTION refuse_all()',
      ],
      ['is gone', 'ALTER TABLE audit_log RENAME TO elsewhere', 'ALTER TABLE elsewhere RENAME TO audit_log'],
    ];

    it.each(BREAKS)('answers 503 and changes nothing where the log %s', async (_, broken, mended) => {
      const made = await server.post('/api/anomalies', anomaly('before'));
      const id = (made.body as { data: { anomaly: { id: number } } }).data.anomaly.id;
      const state = () =>
        shared.query(
          `SELECT (SELECT count(*) FROM anomalies) AS anomalies, (SELECT count(*) FROM anomaly_history) AS history,
             (SELECT count(*) FROM anomaly_comments) AS comments, (SELECT count(*) FROM users) AS users,
             (SELECT count(*) FROM refresh_tokens) AS sessions, (SELECT count(*) FROM egress_rules) AS rules,
             (SELECT jsonb_agg(a ORDER BY id) FROM anomalies AS a WHERE id = ${id}) AS anomaly`,
        );
      const before = await state();
      await shared.query(broken);
      try {
        const attempts = [
          await server.post('/api/anomalies', anomaly('not written')),
          await server.post('/api/anomalies/batch', { anomalies: [anomaly('neither'), anomaly('of both')] }),
          await server.put(`/api/anomalies/${id}`, { title: 'not changed' }),
          await server.post(`/api/anomalies/${id}/acknowledge`),
          await server.post(`/api/anomalies/${id}/comments`, { body: 'not said' }),
          await server.delete(`/api/anomalies/${id}`),
          await server.post('/api/admin/egress', { url: 'http://192.0.2.1:9100' }),
          await server.post('/api/auth/register', {
            username: 'nobody',
            email: 'n@example.org',
            password: 'Correct-horse-9',
          }),
        ];
        for (const { status, body, headers } of attempts) {
          expect([status, (body as { code: string }).code]).toEqual([503, 'audit/unavailable']);
          expect(Number(headers['retry-after'])).toBeGreaterThan(0);
        }
        expect(await state()).toEqual(before);
      } finally {
        await shared.query(mended);
      }
      expect((await server.post('/api/anomalies', anomaly('after'))).status).toBe(201);
      await allSealed(shared);
      expect((await verify(server)).firstBad).toBeNull();
    });
  });
});

describe('a chain in an owner’s hands', () => {
  const SEQ = 12;
  /** Two rows of the first start and login, then three times eleven. */
  const LAST = 35;
  let server: TestApp;
  let seals: number;

  beforeAll(async () => {
    server = await TestApp.start();
    for (let n = 0; n < 3; n += 1) {
      await server.database.query(WRITE, [10]);
      await server.post('/api/anomalies', anomaly(`one of ${n}`));
      ({ seals } = await allSealed(server.database));
    }
    expect(seals).toBe(LAST);
    await server.app.get(AuditCheckpoints).advance();
  });
  afterAll(() => server.stop());

  /** Does something to the log as its owner, verifies, and undoes it. */
  async function tampered(
    tamper: string | ((database: Database) => Promise<void>),
  ): Promise<AuditVerification> {
    const database = server.app.get(Database);
    const undo = new Error('undo');
    let found: AuditVerification | undefined;
    await database
      .run(async () => {
        await database.execute(
          'ALTER TABLE audit_log DISABLE TRIGGER USER; ALTER TABLE audit_seals DISABLE TRIGGER USER',
        );
        if (typeof tamper === 'string') await database.execute(tamper);
        else await tamper(database);
        found = await server.app.get(AuditVerifier).verify();
        throw undo;
      })
      .catch((error: unknown) => {
        if (error !== undo) throw error;
      });
    return found as AuditVerification;
  }

  const ROW = `(SELECT audit_id FROM audit_seals WHERE seq = ${SEQ})`;
  const NEXT = `(SELECT audit_id FROM audit_seals WHERE seq = ${SEQ + 1})`;

  it('is intact before, and its checkpoint agrees', async () => {
    expect(await verify(server)).toMatchObject({
      firstBad: null,
      verified: seals,
      checkpoint: { state: 'agrees', seq: seals },
    });
  });

  it('is protected by triggers while they stand', async () => {
    for (const statement of [
      'UPDATE audit_seals SET seq = seq + 1',
      'DELETE FROM audit_seals',
      'TRUNCATE audit_seals',
    ])
      await expect(server.database.query(statement)).rejects.toThrow('append-only');
  });

  const EDITS: Readonly<Record<string, string>> = {
    xact: "'7'",
    at: "at + interval '1 microsecond'",
    actor_kind: "'anonymous'",
    actor_id: 'coalesce(actor_id, 0) + 1',
    actor_name: "actor_name || ' '",
    action: "'test.undone'",
    subject_type: "'other'",
    subject_id: "subject_id || '0'",
    before: `'{"n": ${SEQ}.1}'`,
    after: "'null'",
    request_id: "'another'",
    address: "''",
  };

  it.each(Object.entries(EDITS))('shows an edit of %s', async (column, value) => {
    const { firstBad, verified } = await tampered(
      `UPDATE audit_log SET ${column} = ${value} WHERE id = ${ROW}`,
    );
    expect(firstBad).toMatchObject({ kind: 'edited', seq: SEQ });
    expect(verified).toBe(SEQ - 1);
  });

  it('covers every column of the log', async () => {
    const columns = await server.database.query<{ name: string }>(
      `SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'audit_log'`,
    );
    expect(columns.map(({ name }) => name).sort()).toEqual(['id', ...Object.keys(EDITS)].sort());
  });

  it.each<[what: string, statement: string, fault: object]>([
    [
      'another id',
      `ALTER TABLE audit_log ALTER id DROP IDENTITY; UPDATE audit_log SET id = 1000000 + id WHERE id = ${ROW}`,
      { kind: 'missing', seq: SEQ },
    ],
    ['a row that is gone', `DELETE FROM audit_log WHERE id = ${ROW}`, { kind: 'missing', seq: SEQ }],
    [
      'the first row gone',
      'DELETE FROM audit_log WHERE id = (SELECT audit_id FROM audit_seals WHERE seq = 1)',
      { kind: 'missing', seq: 1 },
    ],
    [
      'the last row gone',
      'DELETE FROM audit_log WHERE id = (SELECT audit_id FROM audit_seals ORDER BY seq DESC LIMIT 1)',
      { kind: 'missing', seq: LAST },
    ],
    ['a seal gone', `DELETE FROM audit_seals WHERE seq = ${SEQ}`, { kind: 'missing', seq: SEQ }],
    [
      'a row gone with its seal',
      `WITH gone AS (DELETE FROM audit_seals WHERE seq = ${SEQ} RETURNING audit_id) DELETE FROM audit_log WHERE id IN (SELECT audit_id FROM gone)`,
      { kind: 'missing', seq: SEQ },
    ],
    [
      'a row gone with its seal, those behind it moved up',
      `WITH gone AS (DELETE FROM audit_seals WHERE seq = ${SEQ} RETURNING audit_id) DELETE FROM audit_log WHERE id IN (SELECT audit_id FROM gone);
       UPDATE audit_seals SET seq = -seq WHERE seq > ${SEQ}; UPDATE audit_seals SET seq = -seq - 1 WHERE seq < 0`,
      { kind: 'reordered', seq: SEQ },
    ],
    [
      'everything before a row gone',
      `DELETE FROM audit_seals WHERE seq < ${SEQ}; DELETE FROM audit_log WHERE id NOT IN (SELECT audit_id FROM audit_seals)`,
      { kind: 'missing', seq: 1 },
    ],
    [
      'two rows that changed places',
      `ALTER TABLE audit_log ALTER id DROP IDENTITY; UPDATE audit_log SET id = -id WHERE id IN (${ROW}, ${NEXT});
       UPDATE audit_log SET id = CASE -id WHEN ${ROW} THEN ${NEXT} ELSE ${ROW} END WHERE id < 0`,
      { kind: 'edited', seq: SEQ },
    ],
    [
      'two seals that changed places',
      `UPDATE audit_seals SET seq = -seq WHERE seq IN (${SEQ}, ${SEQ + 1}); UPDATE audit_seals SET seq = ${2 * SEQ + 1} + seq WHERE seq < 0`,
      { kind: 'reordered', seq: SEQ },
    ],
    [
      'two seals that changed their rows',
      `ALTER TABLE audit_seals DROP CONSTRAINT audit_seals_once;
       UPDATE audit_seals SET audit_id = CASE seq WHEN ${SEQ} THEN ${NEXT} ELSE ${ROW} END WHERE seq IN (${SEQ}, ${SEQ + 1})`,
      { kind: 'edited', seq: SEQ },
    ],
    [
      'a seal that comes twice',
      `ALTER TABLE audit_seals DROP CONSTRAINT audit_seals_once, DROP CONSTRAINT audit_seals_pk;
       INSERT INTO audit_seals SELECT * FROM audit_seals WHERE seq = ${SEQ}`,
      { kind: 'reordered', seq: SEQ },
    ],
    [
      'another moment of sealing',
      `UPDATE audit_seals SET sealed_at = sealed_at - interval '1 day' WHERE seq = ${SEQ}`,
      { kind: 'reordered', seq: SEQ },
    ],
    [
      'another horizon',
      `UPDATE audit_seals SET horizon = '3' WHERE seq = ${SEQ}`,
      { kind: 'reordered', seq: SEQ },
    ],
    ['another form', `UPDATE audit_seals SET version = 2 WHERE seq = ${SEQ}`, { kind: 'edited', seq: SEQ }],
    [
      'another hash',
      `UPDATE audit_seals SET hash = sha256('x') WHERE seq = ${SEQ}`,
      { kind: 'reordered', seq: SEQ },
    ],
    [
      'a row that was slipped in among older ones',
      `INSERT INTO audit_log (xact, at, actor_kind, actor_name, action, subject_type) VALUES ('5', now() - interval '1 hour', 'user', 'eve', 'x.done', 'x')`,
      { kind: 'not_chained', seq: null, auditId: expect.any(String) },
    ],
    [
      'an end cut off',
      `DELETE FROM audit_log WHERE id IN (SELECT audit_id FROM audit_seals WHERE seq > ${SEQ}); DELETE FROM audit_seals WHERE seq > ${SEQ}`,
      { kind: 'cut', seq: SEQ + 1 },
    ],
    ['the last seals cut off', `DELETE FROM audit_seals WHERE seq > ${SEQ}`, { kind: 'cut', seq: SEQ + 1 }],
    ['nothing left at all', 'TRUNCATE audit_log, audit_seals', { kind: 'cut', seq: 1 }],
  ])('shows %s', async (_, statement, fault) => {
    expect((await tampered(statement)).firstBad).toMatchObject(fault);
  });

  /** Makes the seals from a place on anew, as somebody does who knows how they are made. */
  async function reseal(database: Database, from: number, upTo: number): Promise<void> {
    const chain = new AuditChainRepository(database);
    let head = (await chain.find(from - 1)) ?? GENESIS;
    for await (const { seal, row } of chain.links(from - 1, upTo)) {
      if (row === null) continue;
      const next = nextSeal(head, row, seal);
      await database.execute(
        `UPDATE audit_seals SET row_hash = decode($2, 'hex'), hash = decode($3, 'hex') WHERE seq = $1`,
        [next.seq, next.rowHash, next.hash],
      );
      head = next;
    }
  }

  it.each<[what: string, upTo: number, fault: object]>([
    ['a row with its own seal made anew, by the seal behind it', SEQ, { kind: 'reordered', seq: SEQ + 1 }],
    ['a row with all seals behind it made anew, by the checkpoint', 1_000, { kind: 'rewritten', seq: LAST }],
  ])('shows %s', async (_, upTo, fault) => {
    const { firstBad, checkpoint } = await tampered(async (database) => {
      await database.execute(`UPDATE audit_log SET actor_name = 'eve' WHERE id = ${ROW}`);
      await reseal(database, SEQ, upTo);
    });
    expect(firstBad).toMatchObject(fault);
    expect(checkpoint.state).toBe(upTo > SEQ ? 'disagrees' : 'agrees');
  });

  it('counts the cut-off rows that are still in the log as unsealed', async () => {
    const { unsealed } = await tampered(`DELETE FROM audit_seals WHERE seq > ${SEQ}`);
    expect(unsealed.count).toBe(seals - SEQ);
    expect(unsealed.oldestAt).toBeInstanceOf(Date);
  });

  it('is as it was after all that', async () => {
    expect((await verify(server)).firstBad).toBeNull();
  });
});

describe('a checkpoint', () => {
  let dataDir: string;
  let database: TestDatabase;
  let server: TestApp;

  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'smartcloudops-audit-'));
    database = await createTestDatabase();
    server = await TestApp.start({ DATA_DIR: dataDir }, database);
    await server.post('/api/anomalies', anomaly('first'));
    await allSealed(database);
    await server.app.get(AuditCheckpoints).advance();
  });
  afterEach(async () => {
    await server.stop();
    await database.drop();
    rmSync(dataDir, { recursive: true });
  });

  const file = () => join(dataDir, 'audit-checkpoint');
  const read = () => readFileSync(file(), 'utf8');
  const asOwner = (statement: string) =>
    database.query(
      `ALTER TABLE audit_log DISABLE TRIGGER USER; ALTER TABLE audit_seals DISABLE TRIGGER USER; ${statement};
       ALTER TABLE audit_log ENABLE TRIGGER USER; ALTER TABLE audit_seals ENABLE TRIGGER USER`,
    );
  const cutOne =
    'DELETE FROM audit_log WHERE id = (SELECT audit_id FROM audit_seals ORDER BY seq DESC LIMIT 1); DELETE FROM audit_seals WHERE seq = (SELECT max(seq) FROM audit_seals)';

  it('goes on with the chain', async () => {
    const before = JSON.parse(read()) as { seq: number };
    await server.post('/api/anomalies', anomaly('second'));
    await allSealed(database);
    await server.app.get(AuditCheckpoints).advance();
    expect(JSON.parse(read())).toMatchObject({ seq: before.seq + 1 });
    expect(await verify(server)).toMatchObject({
      firstBad: null,
      checkpoint: { state: 'agrees', seq: before.seq + 1 },
    });
  });

  it('stays as evidence where the end was cut off, also when the chain grows past it again', async () => {
    const before = read();
    const { seq } = JSON.parse(before) as { seq: number };
    await server.stop();
    await asOwner(cutOne);
    server = await TestApp.start({ DATA_DIR: dataDir }, database);
    expect((await verify(server)).firstBad).toMatchObject({ kind: 'cut', seq });
    await server.post('/api/anomalies', anomaly('on top'));
    await server.post('/api/anomalies', anomaly('on top of that'));
    await allSealed(database);
    await server.app.get(AuditCheckpoints).advance();
    expect(read()).toBe(before);
    expect((await verify(server)).firstBad).toMatchObject({ kind: 'rewritten', seq });
  });

  it('is not needed for a cut that a running server goes on from: the gap stays', async () => {
    rmSync(file());
    const { seals } = await counts(database);
    await asOwner(cutOne);
    await server.post('/api/anomalies', anomaly('behind the gap'));
    await allSealed(database);
    expect((await verify(server)).firstBad).toMatchObject({ kind: 'missing', seq: seals });
  });

  it('does not sign what was edited since', async () => {
    const before = read();
    await server.post('/api/anomalies', anomaly('second'));
    await allSealed(database);
    await asOwner("UPDATE audit_log SET actor_name = 'eve' WHERE id = (SELECT max(id) FROM audit_log)");
    await server.app.get(AuditCheckpoints).advance();
    expect(read()).toBe(before);
    const metrics = (await server.get('/metrics')).text;
    expect(metrics).toContain('audit_chain_intact 0');
  });

  it('is believed only with its signature', async () => {
    const { seq } = JSON.parse(read()) as { seq: number };
    writeFileSync(file(), read().replace(`"seq":${seq}`, `"seq":${seq - 1}`));
    expect(await verify(server)).toMatchObject({
      firstBad: { kind: 'forged' },
      checkpoint: { state: 'disagrees', seq: null },
    });
    rmSync(file());
    expect(await verify(server)).toMatchObject({ firstBad: null, checkpoint: { state: 'none' } });
  });
});

describe('the sealer', () => {
  const databases: TestDatabase[] = [];
  const servers: TestApp[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
    for (const database of databases.splice(0)) await database.drop();
  });

  async function empty(options?: { migrated: boolean }): Promise<TestDatabase> {
    const database = await createTestDatabase(options);
    databases.push(database);
    return database;
  }
  async function start(database: TestDatabase, environment: Record<string, string> = {}): Promise<TestApp> {
    const server = await TestApp.start(environment, database);
    servers.push(server);
    return server;
  }

  it('catches up with what was written while none ran', async () => {
    const database = await empty();
    const api = await start(database, { NODE_ROLE: 'api' });
    await database.query(WRITE, [4_500]);
    const found = await verify(api);
    expect(found).toMatchObject({ firstBad: null, toSeq: 0, unsealed: { count: 4_501 } });
    await start(database, { NODE_ROLE: 'worker' });
    await allSealed(database);
    expect(await verify(api)).toMatchObject({
      firstBad: null,
      verified: 4_501,
      unsealed: { count: 0, oldestAt: null },
    });
  });

  it('seals in the order in which they were written the rows that are older than the chain', async () => {
    const database = await empty({ migrated: false });
    const source = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    const runner = source.createQueryRunner();
    const chain = MIGRATIONS.findIndex(({ name }) => name.startsWith('AuditChain'));
    for (const Migration of MIGRATIONS.slice(0, chain)) await new Migration().up(runner);
    await database.query(WRITE, [50]);
    for (const Migration of MIGRATIONS.slice(chain)) await new Migration().up(runner);
    await source.destroy();
    const server = await start(database);
    await allSealed(database);
    expect(await verify(server)).toMatchObject({ firstBad: null });
    const order = await database.query<{ id: number }>(
      'SELECT audit_id AS id FROM audit_seals ORDER BY seq LIMIT 50',
    );
    expect(order.map(({ id }) => Number(id))).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  });

  it('goes on on another PostgreSQL, whose transactions have smaller numbers', async () => {
    const database = await empty();
    // As a dump from an old and busy server leaves it: sealed rows, one whose seal was still due, and a horizon far ahead.
    await database.query(
      `INSERT INTO audit_log (xact, actor_kind, actor_name, action, subject_type)
       SELECT xact::xid8, 'system', 'test', 'test.done', 'test' FROM unnest(ARRAY['9000000000', '9000000001', '9000000002']) AS xact`,
    );
    const api = await start(database, { NODE_ROLE: 'api' });
    const repository = api.app.get(AuditChainRepository);
    const old = await repository.listSince({ xact: '8000000000', id: '0' }, '1:1:', '9900000000', 2);
    const first = nextSeal(GENESIS, old[0], { sealedAt: '1764000000.000000', horizon: '9000000000' });
    await repository.append([
      first,
      nextSeal(first, old[1], { sealedAt: '1764000000.000000', horizon: '9000000001' }),
    ]);
    expect(await verify(api)).toMatchObject({ firstBad: null, verified: 2 });

    const worker = await start(database, { NODE_ROLE: 'worker' });
    await api.post('/api/anomalies', anomaly('here'));
    const { rows } = await allSealed(database);
    expect(await verify(api)).toMatchObject({ firstBad: null, verified: rows });
    // Another election finds nothing left to do, and new rows are still sealed.
    await servers.splice(servers.indexOf(worker), 1)[0].stop();
    await start(database, { NODE_ROLE: 'worker' });
    await api.post('/api/anomalies', anomaly('later'));
    expect(await allSealed(database)).toEqual({ rows: rows + 1, seals: rows + 1 });
    expect(await verify(api)).toMatchObject({ firstBad: null, unsealed: { count: 0 } });
  });
});

describe('npm run audit:verify', () => {
  /** Runs the command on a DATA_DIR. */
  async function run(dataDir: string): Promise<{ code: number | null; output: string }> {
    if (!existsSync(CLI)) throw new Error('The command is not built: `npm test` builds it first');
    const child = spawn(process.execPath, [CLI], {
      cwd: dataDir,
      env: { PATH: process.env.PATH, DATA_DIR: dataDir },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output };
  }

  it('verifies beside the running server and without it, and names the first bad row', async () => {
    const server = await ServerProcess.start({
      DATA_DIR: mkdtempSync(join(tmpdir(), 'smartcloudops-process-')),
    });
    const { dataDir } = server;
    try {
      expect((await server.fetch('/api/anomalies', { method: 'POST', body: anomaly('one') })).status).toBe(
        201,
      );
      await eventually(() => existsSync(join(dataDir, 'audit-checkpoint')), Boolean, 20_000);
      const beside = await run(dataDir);
      expect(beside.output).toContain('The audit log is as it was written.');
      expect(beside.output).toContain('Checkpoint     agrees');
      expect(beside.code).toBe(0);
      // The database is still there: the command ended its own part only.
      expect((await server.fetch('/api/audit/verify')).body).toMatchObject({
        data: { verification: { intact: true } },
      });

      const port = readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[3];
      const password = readFileSync(join(dataDir, 'postgres-password'), 'utf8').trim();
      const owner = await new DataSource({
        type: 'postgres',
        url: `postgres://postgres:${password}@127.0.0.1:${port}/smartcloudops`,
      }).initialize();
      await owner.query(
        `ALTER TABLE audit_log DISABLE TRIGGER USER; UPDATE audit_log SET actor_name = 'eve' WHERE id = 2; ALTER TABLE audit_log ENABLE TRIGGER USER`,
      );
      await owner.destroy();
      const edited = await run(dataDir);
      expect(edited.output).toContain(
        'First bad row  seq 2, audit row 2: edited (audit row 2 is not as it was sealed)',
      );
      expect(edited.code).toBe(1);
    } finally {
      await server.stop();
    }
    const alone = await run(dataDir);
    expect(alone.output).toContain('seq 2, audit row 2: edited');
    expect(alone.code).toBe(1);
    expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
    rmSync(dataDir, { recursive: true });
  });

  it('makes no database where there is none', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'smartcloudops-none-'));
    const { code, output } = await run(dataDir);
    expect([code, existsSync(join(dataDir, 'postgres'))]).toEqual([1, false]);
    expect(output).toContain('holds no database');
    rmSync(dataDir, { recursive: true });
  });
});
