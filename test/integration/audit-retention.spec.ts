import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DataSource } from 'typeorm';

import { ChainHead, GENESIS, nextSeal, Seal } from '../../src/audit/audit-chain';
import { AuditChainRepository } from '../../src/audit/audit-chain.repository';
import { signCheckpoint } from '../../src/audit/audit-checkpoint';
import { AuditCheckpoints } from '../../src/audit/audit-checkpoints';
import { announceCut } from '../../src/audit/audit-cut';
import { AuditCutRepository } from '../../src/audit/audit-cut.repository';
import { AuditVerification, AuditVerifier } from '../../src/audit/audit-verifier';
import { Database } from '../../src/database/database';
import { Leadership } from '../../src/database/leadership';
import { RetentionService } from '../../src/retention/retention.service';
import { eventually, TestApp } from '../support/test-app';
import { createTestDatabase, TestDatabase } from '../support/test-database';

const DAYS = 120;
const DAY_SECONDS = 86_400;
/** Sealed so many days ago, in order. */
const AGES = [...Array<number>(30).fill(400), ...Array<number>(20).fill(121), ...Array<number>(10).fill(100)];
const OLD = 50;

/** Writes a log that was sealed long ago, as the sealer would have. */
async function writePast(database: TestDatabase): Promise<void> {
  const source = await new DataSource({ type: 'postgres', url: database.url }).initialize();
  try {
    const chain = new AuditChainRepository(new Database(source));
    await source.query(
      `INSERT INTO audit_log (at, xact, actor_kind, actor_name, action, subject_type, subject_id)
       SELECT now() - make_interval(days => age), '3', 'system', 'past', 'past.done', 'past', n::text
       FROM unnest($1::int[]) WITH ORDINALITY AS past(age, n) ORDER BY past.n`,
      [AGES],
    );
    const rows = await chain.listSince({ xact: '0', id: '0' }, '1:1:', '18446744073709551615', 1_000);
    const nowSeconds = Math.floor(Date.now() / 1_000);
    let head: ChainHead = GENESIS;
    const seals: Seal[] = [];
    for (const [index, row] of rows.entries()) {
      const sealedAt = (nowSeconds - AGES[index] * DAY_SECONDS).toFixed(6);
      const seal = nextSeal(head, row, { sealedAt, horizon: '4' });
      seals.push(seal);
      head = seal;
    }
    await chain.append(seals);
  } finally {
    await source.destroy();
  }
}

describe('the retention of the audit log', () => {
  let database: TestDatabase;
  let dataDir: string;
  let server: TestApp;

  beforeEach(async () => {
    database = await createTestDatabase();
    await writePast(database);
    dataDir = mkdtempSync(join(tmpdir(), 'smartcloudops-audit-retention-'));
    server = await start();
  });
  afterEach(async () => {
    await server.stop();
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function start(environment: Record<string, string> = {}): Promise<TestApp> {
    const started = await TestApp.start(
      { AUDIT_RETENTION_DAYS: String(DAYS), DATA_DIR: dataDir, ...environment },
      database,
    );
    await eventually(() => started.app.get(Leadership).holds('audit-sealer'));
    // Runs come from the test alone: one by the clock between would be told as the last one.
    await database.query(`DELETE FROM jobs.schedule WHERE name = 'retention.run'`);
    return started;
  }

  const run = () => server.app.get(RetentionService, { strict: false }).run();
  const verify = (): Promise<AuditVerification> => server.app.get(AuditVerifier).verify();
  const sealed = () =>
    eventually(
      () =>
        database.query<{ rows: number; seals: number }>(
          'SELECT (SELECT count(*) FROM audit_log)::int AS rows, (SELECT count(*) FROM audit_seals)::int AS seals',
        ),
      ([{ rows, seals }]) => rows === seals,
    );
  const past = async () =>
    (
      await database.query<{ n: string }>(
        `SELECT subject_id AS n FROM audit_log WHERE action = 'past.done' ORDER BY id`,
      )
    ).map(({ n }) => Number(n));
  const lastRun = async () => {
    const { classes } = (await server.get('/api/admin/storage')).body.data.storage;
    return classes.find((one: { class: string }) => one.class === 'audit').last_run;
  };
  /** Does something as the tables' owner, past the triggers. */
  const asOwner = (statement: string) =>
    database.query(
      `ALTER TABLE audit_log DISABLE TRIGGER USER; ALTER TABLE audit_seals DISABLE TRIGGER USER; ALTER TABLE audit_cuts DISABLE TRIGGER USER;
       ${statement};
       ALTER TABLE audit_log ENABLE TRIGGER USER; ALTER TABLE audit_seals ENABLE TRIGGER USER; ALTER TABLE audit_cuts ENABLE TRIGGER USER`,
    );
  const cutByHand = (seq: number) =>
    `DELETE FROM audit_log WHERE id IN (SELECT audit_id FROM audit_seals WHERE seq <= ${seq}); DELETE FROM audit_seals WHERE seq <= ${seq}`;
  /** A cut as the product would make it, but for its announcement. */
  const anchorByHand = (seq: number, announcedBy: string) =>
    `INSERT INTO audit_cuts (seq, audit_id, version, sealed_at, horizon, row_hash, hash, previous_hash, announced_by)
     SELECT s.seq, s.audit_id, s.version, s.sealed_at, s.horizon, s.row_hash, s.hash, p.hash, ${announcedBy}
     FROM audit_seals AS s JOIN audit_seals AS p ON p.seq = s.seq - 1 WHERE s.seq = ${seq}`;

  it('removes what was sealed before its time, whole from the front, and what is left verifies from there on', async () => {
    expect(await verify()).toMatchObject({ firstBad: null, fromSeq: 1, removed: null });
    await run();
    expect(await past()).toEqual(Array.from({ length: 10 }, (_, n) => OLD + 1 + n));
    await sealed();
    const found = await verify();
    expect(found).toMatchObject({
      firstBad: null,
      fromSeq: OLD + 1,
      verified: found.toSeq - OLD,
      removed: { toSeq: OLD, signedBy: 'this_machine' },
      checkpoint: { state: 'agrees' },
    });
    const { verification } = (await server.get('/api/audit/verify?from_seq=1&to_seq=55')).body.data;
    expect(verification).toMatchObject({ intact: true, from_seq: 51, to_seq: 55, removed: { to_seq: OLD } });
    expect((await server.get('/api/audit/verify?from_seq=1&to_seq=10')).body.data.verification).toMatchObject(
      {
        intact: true,
        verified: 0,
      },
    );
  });

  it('announces what goes in the log itself, before it goes', async () => {
    await run();
    const [row] = await database.query<{ actor_name: string; after: object; seq: string }>(
      `SELECT actor_name, after, seq FROM audit_log JOIN audit_seals ON audit_id = id WHERE action = 'audit.pruned'`,
    );
    expect(row).toMatchObject({ actor_name: 'system', after: { up_to_seq: OLD, rows: OLD } });
    expect(Number(row.seq)).toBeGreaterThan(OLD);
    expect(await lastRun()).toMatchObject({ deleted_rows: OLD, outcome: 'complete' });
  });

  it('cuts nothing more on the same day, and goes on from the cut on a later one', async () => {
    await run();
    await run();
    expect(await database.query('SELECT FROM audit_cuts')).toHaveLength(1);
    await server.stop();
    server = await start({ AUDIT_RETENTION_DAYS: '95' });
    await run();
    expect(await past()).toEqual([]);
    await sealed();
    expect(await verify()).toMatchObject({ firstBad: null, fromSeq: 61, removed: { toSeq: 60 } });
  });

  it('is ended by the next run where a process died between cut and removal', async () => {
    await run();
    const [{ announced }] = await database.query<{ announced: string }>(
      'SELECT max(announced_by) AS announced FROM audit_cuts',
    );
    expect(Number(announced)).toBeGreaterThan(0);
    await server.stop();
    server = await start({ AUDIT_RETENTION_DAYS: '95' });
    const remove = jest.spyOn(server.app.get(AuditCutRepository, { strict: false }), 'remove');
    remove.mockResolvedValueOnce(0).mockRejectedValueOnce(new Error('the process dies here'));
    await run();
    remove.mockRestore();
    expect(await past()).toHaveLength(10);
    await sealed();
    expect(await verify()).toMatchObject({ firstBad: null, removed: { toSeq: 60 } });
    await run();
    expect(await past()).toEqual([]);
    await sealed();
    expect((await verify()).firstBad).toBeNull();
  });
  it('cuts nothing where the log is not as it was written: the evidence stays', async () => {
    await asOwner(
      `UPDATE audit_log SET actor_name = 'eve' WHERE id = (SELECT audit_id FROM audit_seals WHERE seq = 7)`,
    );
    await run();
    expect(await past()).toHaveLength(60);
    expect(await lastRun()).toMatchObject({
      outcome: 'failed',
      error: expect.stringContaining('audit:verify') as string,
    });
    expect((await verify()).firstBad).toMatchObject({ kind: 'edited', seq: 7 });
  });

  describe('is the only way by which rows go', () => {
    it('for whoever respects the triggers', async () => {
      await server.app.get(AuditCheckpoints).advance();
      for (const statement of [
        'DELETE FROM audit_log',
        'DELETE FROM audit_seals',
        'DELETE FROM audit_seals WHERE seq <= 3',
        'SELECT remove_cut_audit_rows(1000)',
        'CREATE TEMPORARY TABLE audit_cuts AS SELECT 1000::bigint AS seq; DELETE FROM audit_seals',
      ])
        await database
          .query(statement)
          .catch((error: Error) => expect(error.message).toContain('append-only'));
      expect(await past()).toHaveLength(60);
      await expect(database.query(anchorByHand(20, '1'))).rejects.toThrow('was not announced');
      await run();
      for (const statement of [
        'DELETE FROM audit_cuts',
        'UPDATE audit_cuts SET seq = seq + 1',
        'TRUNCATE audit_cuts',
        'UPDATE audit_log SET action = action',
        'DELETE FROM audit_seals WHERE seq = 51',
        'DELETE FROM audit_log WHERE id = (SELECT audit_id FROM audit_seals WHERE seq = 51)',
      ])
        await expect(database.query(statement)).rejects.toThrow('append-only');
      await expect(database.query(anchorByHand(52, '1'))).rejects.toThrow('was not announced');
    });

    it('and nothing younger than 90 days goes by it, whoever announces it', async () => {
      await server.post('/api/auth/login', { username: 'admin', password: 'x' }, { token: null });
      await sealed();
      const [{ seq }] = await database.query<{ seq: string }>('SELECT max(seq) AS seq FROM audit_seals');
      await expect(database.query(anchorByHand(Number(seq), '1'))).rejects.toThrow('younger than 90 days');
    });

    /** Announces a cut by hand, as somebody does who has the database but not the key. */
    async function announced(seq: number, key: string): Promise<string> {
      const [{ hash }] = await database.query<{ hash: string }>(
        `SELECT encode(hash, 'hex') AS hash FROM audit_seals WHERE seq = $1`,
        [seq],
      );
      const notice = announceCut({ seq, hash }, { rows: seq, sealedBefore: new Date() }, key);
      const [{ id }] = await database.query<{ id: string }>(
        `INSERT INTO audit_log (actor_kind, actor_name, action, subject_type, after) VALUES ('system', 'system', 'audit.pruned', 'audit', $1) RETURNING id`,
        [JSON.stringify(notice)],
      );
      await sealed();
      return id;
    }

    it('shows a front that was cut off by hand', async () => {
      await asOwner(cutByHand(20));
      expect((await verify()).firstBad).toMatchObject({ kind: 'missing', seq: 1 });
    });

    it('shows more cut off than retention did', async () => {
      await run();
      await asOwner(cutByHand(52));
      expect((await verify()).firstBad).toMatchObject({ kind: 'missing', seq: 51 });
    });

    it('shows a cut that no row announces', async () => {
      await asOwner(`${anchorByHand(20, '1')}; ${cutByHand(20)}`);
      expect((await verify()).firstBad).toMatchObject({ kind: 'forged', seq: 20 });
    });

    it('shows a cut that took too much, though it was announced', async () => {
      await server.post('/api/auth/login', { username: 'admin', password: 'x' }, { token: null });
      await sealed();
      const id = await announced(61, 'no key of this machine');
      await asOwner(`${anchorByHand(61, id)}; ${cutByHand(61)}`);
      expect((await verify()).firstBad).toMatchObject({
        kind: 'forged',
        detail: expect.stringContaining('younger') as string,
      });
    });

    it('shows a cut that names this machine’s key, but was not signed with it', async () => {
      await run();
      await server.stop();
      server = await start({ AUDIT_RETENTION_DAYS: '3650' });
      const [{ after }] = await database.query<{ after: { key_id: string } }>(
        `SELECT after FROM audit_log WHERE action = 'audit.pruned'`,
      );
      const [{ hash }] = await database.query<{ hash: string }>(
        `SELECT encode(hash, 'hex') AS hash FROM audit_seals WHERE seq = 55`,
      );
      const notice = {
        ...announceCut({ seq: 55, hash }, { rows: 5, sealedBefore: new Date() }, 'x'),
        key_id: after.key_id,
      };
      const [{ id }] = await database.query<{ id: string }>(
        `INSERT INTO audit_log (actor_kind, actor_name, action, subject_type, after) VALUES ('system', 'system', 'audit.pruned', 'audit', $1) RETURNING id`,
        [JSON.stringify(notice)],
      );
      await sealed();
      await database.query(anchorByHand(55, id));
      await database.query('SELECT remove_cut_audit_rows(1000)');
      expect((await verify()).firstBad).toMatchObject({ kind: 'forged', seq: 55, auditId: String(id) });
    });

    it('says of a cut that another key signed that it cannot be checked here', async () => {
      await database.query(anchorByHand(20, await announced(20, 'the key of another machine')));
      await database.query('SELECT remove_cut_audit_rows(1000)');
      expect(await verify()).toMatchObject({
        firstBad: null,
        removed: { toSeq: 20, signedBy: 'another_machine' },
      });
    });

    it('shows an edited cut', async () => {
      await run();
      await asOwner(`UPDATE audit_cuts SET sealed_at = sealed_at - interval '1 year'`);
      expect((await verify()).firstBad).toMatchObject({ kind: 'forged', seq: OLD });
    });

    it('shows that a cut is gone', async () => {
      await run();
      await asOwner('DELETE FROM audit_cuts');
      expect((await verify()).firstBad).toMatchObject({ kind: 'missing', seq: 1 });
    });

    it('shows an edit behind the cut', async () => {
      await run();
      await asOwner(
        `UPDATE audit_log SET actor_name = 'eve' WHERE id = (SELECT audit_id FROM audit_seals WHERE seq = 53)`,
      );
      expect((await verify()).firstBad).toMatchObject({ kind: 'edited', seq: 53 });
    });
  });

  it('cuts nothing that the checkpoint does not reach', async () => {
    writeFileSync(join(dataDir, 'audit-checkpoint'), '{}');
    await run();
    expect(await past()).toHaveLength(60);
    expect(await lastRun()).toMatchObject({ outcome: 'failed' });
    rmSync(join(dataDir, 'audit-checkpoint'));
    await run();
    expect(await past()).toHaveLength(10);
  });

  it('shows a cut past the checkpoint, which whoever signed it would not have made', async () => {
    const [{ hash }] = await database.query<{ hash: string }>(
      `SELECT encode(hash, 'hex') AS hash FROM audit_seals WHERE seq = 20`,
    );
    await run();
    const key = readFileSync(join(dataDir, 'audit-key'), 'utf8').trim();
    const earlier = signCheckpoint({ seq: 20, hash, at: '2026-01-31T10:00:00.000Z' }, key);
    writeFileSync(join(dataDir, 'audit-checkpoint'), earlier);
    expect(await verify()).toMatchObject({
      firstBad: { kind: 'forged', seq: OLD },
      checkpoint: { state: 'disagrees', seq: 20 },
    });
  });
});
