import { AuditVerifier } from '../../src/audit/audit-verifier';
import { Database } from '../../src/database/database';
import { RetentionClasses } from '../../src/database/retention-classes';
import { BATCH_ROWS } from '../../src/retention/pace';
import { RetentionService } from '../../src/retention/retention.service';
import { eventually, TestApp } from '../support/test-app';

const ANOMALY_DAYS = 30;
const HISTORY_DAYS = 60;

interface Row {
  status?: string;
  days?: number;
  isHidden?: boolean;
}

interface StoredClass {
  class: string;
  size_bytes: number;
  last_run: {
    deleted_rows: number;
    deleted_rows_total: number;
    outcome: string;
    error: string | null;
  } | null;
  [member: string]: unknown;
}

describe('retention', () => {
  let server: TestApp;
  beforeAll(async () => {
    server = await TestApp.start({
      ANOMALY_RETENTION_DAYS: String(ANOMALY_DAYS),
      HISTORY_RETENTION_DAYS: String(HISTORY_DAYS),
    });
  });
  afterAll(() => server.stop());

  const run = () => server.app.get(RetentionService, { strict: false }).run();

  /** Anomalies as they would be after so many days without anything happening; ids in order. */
  async function past(
    count: number,
    { status = 'resolved', days = 31, isHidden = false }: Row = {},
  ): Promise<number[]> {
    const rows = await server.database.query<{ id: string }>(
      `WITH made AS (
         INSERT INTO anomalies (title, description, severity, status, anomaly_score, confidence, source, created_at, updated_at, deleted_at)
         SELECT 'old ' || n, 'd', 'low', $2, 0.5, 0.5, 'past', ago, ago, CASE WHEN $4 THEN ago END
         FROM generate_series(1, $1::int) AS n, (SELECT now() - make_interval(days => $3::int) AS ago) AS instant
         RETURNING id, created_at, status
       ), told AS (
         INSERT INTO anomaly_history (anomaly_id, at, event, actor_kind, actor_name, to_status)
         SELECT id, created_at, 'opened', 'system', 'system', status FROM made
       )
       SELECT id FROM made ORDER BY id`,
      [count, status, days, isHidden],
    );
    return rows.map(({ id }) => Number(id));
  }

  async function remaining(ids: readonly number[]): Promise<number[]> {
    const rows = await server.database.query<{ id: string }>(
      'SELECT id FROM anomalies WHERE id = ANY ($1) ORDER BY id',
      [ids],
    );
    return rows.map(({ id }) => Number(id));
  }

  async function count(table: string, where = 'true', values: unknown[] = []): Promise<number> {
    const [{ n }] = await server.database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM ${table} WHERE ${where}`,
      values,
    );
    return n;
  }

  async function storage() {
    const { status, body } = await server.get('/api/admin/storage');
    expect(status).toBe(200);
    return body.data.storage as {
      database_bytes: number;
      tables_bytes: number;
      classes: StoredClass[];
      kept: { table: string; size_bytes: number }[];
      next_run_at: string;
    };
  }

  async function stored(name: string): Promise<StoredClass> {
    return (await storage()).classes.find((one) => one.class === name) as StoredClass;
  }

  describe('of anomalies', () => {
    it.each<[what: string, row: Row, isDeleted: boolean]>([
      ['deletes resolved ones past their time', { status: 'resolved' }, true],
      ['deletes dismissed ones past their time', { status: 'dismissed' }, true],
      ['deletes hidden ones past their time, whatever they were', { status: 'open', isHidden: true }, true],
      ['never deletes open ones', { status: 'open', days: 4_000 }, false],
      ['never deletes acknowledged ones', { status: 'acknowledged', days: 4_000 }, false],
      ['keeps those that something happened to since', { status: 'resolved', days: 29 }, false],
    ])('%s', async (_, row, isDeleted) => {
      const ids = await past(2, row);
      await run();
      expect(await remaining(ids)).toEqual(isDeleted ? [] : ids);
    });

    it('takes their history and comments along, and nobody else’s', async () => {
      const [gone] = await past(1);
      const [stays] = await past(1, { days: 29 });
      await server.database.query(
        `INSERT INTO anomaly_comments (anomaly_id, body, author_name) VALUES ($1, 'b', 'a'), ($2, 'b', 'a')`,
        [gone, stays],
      );
      await run();
      expect(await count('anomaly_history', 'anomaly_id = $1', [gone])).toBe(0);
      expect(await count('anomaly_comments', 'anomaly_id = $1', [gone])).toBe(0);
      expect(await count('anomaly_history', 'anomaly_id = $1', [stays])).toBe(1);
      expect(await count('anomaly_comments', 'anomaly_id = $1', [stays])).toBe(1);
    });

    it('counts a comment as something that happened', async () => {
      const [id] = await past(1);
      expect((await server.post(`/api/anomalies/${id}/comments`, { body: 'seen again' })).status).toBe(201);
      await run();
      expect(await remaining([id])).toEqual([id]);
    });

    it('takes incidents along that are over, once the last of their anomalies has gone', async () => {
      const [gone] = await past(1);
      const [stays] = await past(1, { days: 29 });
      const incidents = await server.database.query<{ id: number }>(
        `INSERT INTO incidents (title, severity, group_key, group_labels, anomaly_count, status, resolved_at)
         SELECT 't', 'low', 'k', '{}', 1, status, CASE status WHEN 'resolved' THEN now() - interval '4000 days' END
         FROM (VALUES (1, 'resolved'), (2, 'resolved'), (3, 'open')) AS row(place, status) ORDER BY place RETURNING id::int`,
      );
      const [over, referenced, open] = incidents.map(({ id }) => id);
      await server.database.query(
        `UPDATE anomalies SET incident_reason = 'r', incident_id = CASE id WHEN $1 THEN $3::bigint ELSE $4::bigint END WHERE id IN ($1, $2)`,
        [gone, stays, over, referenced],
      );
      await server.database.query(
        `INSERT INTO incident_history (incident_id, event, actor_kind, actor_name) VALUES ($1, 'opened', 'system', 'system')`,
        [over],
      );
      await run();
      await run();
      const left = await server.database.query<{ id: number }>(
        'SELECT id::int FROM incidents WHERE id = ANY ($1) ORDER BY id',
        [[over, referenced, open]],
      );
      expect(left.map(({ id }) => id)).toEqual([referenced, open]);
      expect(await count('incident_history', 'incident_id = $1', [over])).toBe(0);
    });

    it('never deletes what a foreign key of any table refers to, and goes on behind it', async () => {
      const ids = await past(BATCH_ROWS + 20);
      await server.database.query(
        'CREATE TABLE later_actions (id int, anomaly_id bigint REFERENCES anomalies (id))',
      );
      try {
        const referenced = ids.slice(0, BATCH_ROWS + 5);
        await server.database.query('INSERT INTO later_actions SELECT 1, unnest($1::bigint[])', [referenced]);
        await run();
        expect(await remaining(ids)).toEqual(referenced);
        expect((await stored('anomalies')).last_run).toMatchObject({ outcome: 'complete', error: null });
      } finally {
        await server.database.query('DROP TABLE later_actions');
      }
      await run();
      expect(await remaining(ids)).toEqual([]);
    });

    it('leaves to the next run what somebody works on, and waits for nobody', async () => {
      const ids = await past(3);
      const person = await server.app.get(Database).connect();
      try {
        await person.query('BEGIN');
        await person.query('SELECT FROM anomalies WHERE id = $1 FOR UPDATE', [ids[1]]);
        await run();
        expect(await remaining(ids)).toEqual([ids[1]]);
        await person.query(`UPDATE anomalies SET status = 'open', updated_at = now() WHERE id = $1`, [
          ids[1],
        ]);
        await person.query('COMMIT');
      } finally {
        person.release();
      }
      await run();
      expect(await remaining(ids)).toEqual([ids[1]]);
    });

    it('leaves the counters what a count of the rows says', async () => {
      await past(7, { status: 'dismissed' });
      await past(3, { status: 'resolved', isHidden: true });
      await past(5, { status: 'open' });
      await run();
      const cube = await server.database.query(
        `SELECT status, severity, source, sum(count)::int AS n FROM (
           SELECT status, severity, source, count FROM anomaly_counts UNION ALL SELECT * FROM anomaly_count_deltas) AS c
         GROUP BY 1, 2, 3 HAVING sum(count) <> 0 ORDER BY 1, 2, 3`,
      );
      const rows = await server.database.query(
        `SELECT status, severity, source, count(*)::int AS n FROM anomalies WHERE deleted_at IS NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
      );
      expect(cube).toEqual(rows);
      const { stats } = (await server.get('/api/anomalies/stats')).body.data;
      expect(stats.total_anomalies).toBe(await count('anomalies', 'deleted_at IS NULL'));
    });

    it('leaves an audit row a batch in the batch’s transaction, in a chain that holds', async () => {
      const before = await count('audit_log', `action = 'retention.deleted' AND subject_id = 'anomalies'`);
      await past(BATCH_ROWS + 1);
      await run();
      const rows = await server.database.query<{ after: { rows: number } }>(
        `SELECT after FROM audit_log WHERE action = 'retention.deleted' AND subject_id = 'anomalies' ORDER BY id OFFSET $1`,
        [before],
      );
      expect(rows).toHaveLength(2);
      expect(rows.reduce((sum, { after }) => sum + after.rows, 0)).toBe(BATCH_ROWS + 1);
      expect(rows[0].after).toMatchObject({ older_than_days: ANOMALY_DAYS });
      expect((await server.app.get(AuditVerifier).verify()).firstBad).toBeNull();
    });

    it('deletes nothing where the audit row cannot be written, and says so', async () => {
      const ids = await past(2);
      await server.database.query('ALTER TABLE audit_log RENAME TO elsewhere');
      try {
        await run();
        expect(await remaining(ids)).toEqual(ids);
      } finally {
        await server.database.query('ALTER TABLE elsewhere RENAME TO audit_log');
      }
      expect((await stored('anomalies')).last_run).toMatchObject({
        outcome: 'failed',
        error: expect.stringContaining('audit') as string,
      });
      expect((await server.get('/metrics')).text).toMatch(
        /retention_failures_total\{class="anomalies"\} [1-9]/,
      );
      // What one class cannot do holds up none of the others.
      expect((await stored('sessions')).last_run).toMatchObject({ outcome: 'complete' });
      await run();
      expect(await remaining(ids)).toEqual([]);
    });
  });

  describe('of history', () => {
    it('deletes old lines of anomalies that are over, with the comments that they tell of, before their anomaly goes', async () => {
      const [id] = await past(1, { days: HISTORY_DAYS + 1 });
      await server.post(`/api/anomalies/${id}/comments`, { body: 'old' });
      await server.database.query(
        `UPDATE anomaly_history SET at = at - interval '61 days' WHERE anomaly_id = $1 AND event = 'commented'`,
        [id],
      );
      await server.post(`/api/anomalies/${id}/comments`, { body: 'new' });
      await run();
      expect(await remaining([id])).toEqual([id]);
      const { comments } = (await server.get(`/api/anomalies/${id}/comments`)).body.data;
      expect(comments.map(({ body }: { body: string }) => body)).toEqual(['new']);
      expect(await count('anomaly_history', 'anomaly_id = $1', [id])).toBe(1);
    });

    it.each(['open', 'acknowledged'])('keeps every line of %s ones', async (status) => {
      const [id] = await past(1, { status, days: 4_000 });
      await run();
      expect(await count('anomaly_history', 'anomaly_id = $1', [id])).toBe(1);
    });
  });

  describe('leaves the product its time', () => {
    it('by transactions of at most 500 rows each, with a rest between them', async () => {
      const batches: number[] = [];
      const classes = server.app.get(RetentionClasses);
      const list = jest.spyOn(classes, 'list');
      const kept = classes.list();
      list.mockReturnValue(
        kept.map((one) => ({
          ...one,
          purge:
            one.purge === null
              ? null
              : async (limit, after) => {
                  const from = await count('anomalies');
                  const batch = await one.purge!(limit, after);
                  if (one.name === 'anomalies') batches.push(from - (await count('anomalies')));
                  return batch;
                },
        })),
      );
      const ids = await past(3 * BATCH_ROWS + 10);
      await run();
      list.mockRestore();
      expect(batches).toHaveLength(4);
      expect(Math.max(...batches)).toBeLessThanOrEqual(500);
      expect(await remaining(ids)).toEqual([]);
    });

    it('by statements that find their rows by an index, however many there are', async () => {
      await past(2_000, { days: 1 });
      await server.database.query('ANALYZE anomalies');
      const plan = async (text: string) => JSON.stringify(await server.database.query(`EXPLAIN ${text}`));
      expect(
        await plan(
          `SELECT id FROM anomalies WHERE (status IN ('resolved', 'dismissed') OR deleted_at IS NOT NULL) AND updated_at < now() - interval '30 days'
             AND (updated_at, id) > ('-infinity', 0) ORDER BY updated_at, id LIMIT 500 FOR UPDATE SKIP LOCKED`,
        ),
      ).toContain('anomalies_over');
    });

    it('and stops after its batch when the process is asked to', async () => {
      const other = await TestApp.start({ ANOMALY_RETENTION_DAYS: '30', NODE_ROLE: 'api' }, server.database);
      const ids = await past(4 * BATCH_ROWS);
      const running = other.app.get(RetentionService, { strict: false }).run();
      await eventually(async () => (await remaining(ids)).length < ids.length);
      await other.stop();
      await running;
      expect((await remaining(ids)).length).toBeGreaterThan(0);
      expect((await stored('anomalies')).last_run).toMatchObject({ outcome: 'unfinished' });
      await run();
      expect(await remaining(ids)).toEqual([]);
    });
  });

  describe('of samples', () => {
    it('drops whole days past their time, and leaves them to the next run where the table is in use', async () => {
      const dayMs = Math.floor(Date.now() / 86_400_000 - 40) * 86_400_000;
      await server.database.query(
        `CREATE TABLE sample_chunks_${new Date(dayMs).toISOString().slice(0, 10).replaceAll('-', '')} PARTITION OF sample_chunks_live
         FOR VALUES FROM (${dayMs}) TO (${dayMs + 86_400_000})`,
      );
      expect((await stored('samples')).oldest_at).toBe(new Date(dayMs).toISOString());
      const reader = await server.app.get(Database).connect();
      try {
        await reader.query('BEGIN');
        await reader.query('SELECT FROM sample_chunks LIMIT 1');
        await run();
        expect((await stored('samples')).last_run).toMatchObject({ outcome: 'failed' });
        await reader.query('COMMIT');
      } finally {
        reader.release();
      }
      await run();
      expect(await stored('samples')).toMatchObject({ oldest_at: null, last_run: { outcome: 'complete' } });
    });
  });

  describe('of jobs', () => {
    it('is the queue’s own, by the days that are set: waiting jobs stay, dead letters go', async () => {
      const queues = await server.database.query<{ name: string; deleted: number; kept: number }>(
        `SELECT name, deletion_seconds / 86400 AS deleted, retention_seconds / 86400 AS kept FROM jobs.queue WHERE name LIKE 'retention.run%' ORDER BY name`,
      );
      expect(queues).toEqual([
        { name: 'retention.run', deleted: 14, kept: 3_650 },
        { name: 'retention.run.dead', deleted: 14, kept: 14 },
      ]);
      const other = await TestApp.start({ JOB_RETENTION_DAYS: '3' }, server.database);
      await other.stop();
      const [{ deleted }] = await server.database.query<{ deleted: number }>(
        `SELECT deletion_seconds / 86400 AS deleted FROM jobs.queue WHERE name = 'retention.run'`,
      );
      expect(deleted).toBe(3);
    });
  });

  describe('as operators see it', () => {
    it('agrees with Postgres to the byte, class by class and as a whole', async () => {
      await server.database.query('CHECKPOINT');
      const ofPostgres = async () => {
        const rows = await server.database.query<{ name: string; bytes: string }>(
          `SELECT relid::regclass::text AS name, pg_total_relation_size(relid) AS bytes FROM pg_stat_user_tables`,
        );
        return new Map(rows.map(({ name, bytes }) => [name, Number(bytes)]));
      };
      // Somebody may write in between: what both looks of Postgres have in common is what the answer must say.
      const { before, report, after } = await eventually(
        async () => ({ before: await ofPostgres(), report: await storage(), after: await ofPostgres() }),
        ({ before, after }) => JSON.stringify([...before]) === JSON.stringify([...after]),
      );
      const sum = (names: string[]) => names.reduce((total, name) => total + (after.get(name) ?? NaN), 0);
      const sizes = Object.fromEntries(report.classes.map((one) => [one.class, one.size_bytes]));
      expect(sizes).toMatchObject({
        anomalies: sum(['anomalies', 'anomaly_counts', 'anomaly_count_deltas']),
        'anomaly-history': sum(['anomaly_history', 'anomaly_comments']),
        audit: sum(['audit_log', 'audit_seals', 'audit_cuts']),
        sessions: sum(['refresh_tokens']),
        jobs: sum([...after.keys()].filter((name) => /^jobs\.(job|job_common|j[0-9a-f]{20,})$/.test(name))),
        samples: sum([...after.keys()].filter((name) => /^sample_(batches|chunks_\d+)$/.test(name))),
      });
      expect(report.tables_bytes).toBe(sum([...before.keys()]));
      for (const one of report.classes)
        expect([
          one.class,
          (one.table_bytes as number) + (one.index_bytes as number) + (one.toast_bytes as number),
        ]).toEqual([one.class, one.size_bytes]);
      const [{ bytes }] = await server.database.query<{ bytes: string }>(
        'SELECT pg_database_size(current_database()) AS bytes',
      );
      expect(Math.abs(report.database_bytes - Number(bytes))).toBeLessThan(1_000_000);
    });

    it('names each class with what it keeps, its limits, and what the last run deleted', async () => {
      await past(4);
      await run();
      const before = (await stored('anomalies')).last_run!;
      await past(3);
      await run();
      expect(await stored('anomalies')).toMatchObject({
        tables: ['anomalies', 'anomaly_counts', 'anomaly_count_deltas'],
        retention_days: ANOMALY_DAYS,
        setting: 'ANOMALY_RETENTION_DAYS',
        minimum_days: 7,
        maximum_days: 3_650,
        last_run: {
          deleted_rows: 3,
          deleted_rows_total: before.deleted_rows_total + 3,
          outcome: 'complete',
          error: null,
        },
      });
      const report = await storage();
      expect(report.classes.map((one) => one.class).sort()).toEqual([
        'alert-changes',
        'alert-keys',
        'alerts',
        'anomalies',
        'anomaly-history',
        'audit',
        'autonomy',
        'changes',
        'event-budgets',
        'idempotency-keys',
        'incidents',
        'jobs',
        'login-attempts',
        'notification-deliveries',
        'quarantine',
        'remediation',
        'remediation-evidence',
        'remediation-firings',
        'request-counts',
        'samples',
        'seen-events',
        'series-deletions',
        'sessions',
        'silences',
      ]);
      expect(report.kept.map(({ table }) => table)).toEqual(
        expect.arrayContaining(['public.users', 'public.series']),
      );
      expect(Date.parse(report.next_run_at)).toBeGreaterThan(Date.now());
    });

    it('is run by admins, now, in the background, with an audit row of who asked', async () => {
      const ids = await past(2);
      const asked = await server.post('/api/admin/storage/retention/run');
      expect([asked.status, asked.body.data]).toEqual([202, {}]);
      await server.post('/api/admin/storage/retention/run');
      await eventually(async () => (await remaining(ids)).length === 0, Boolean, 30_000);
      const rows = await server.database.query<{ actor_name: string }>(
        `SELECT actor_name FROM audit_log WHERE action = 'retention.requested'`,
      );
      expect(rows).toEqual([{ actor_name: 'admin' }, { actor_name: 'admin' }]);
      const operator = { token: await server.tokenOf('operator') };
      expect((await server.get('/api/admin/storage', operator)).status).toBe(403);
      expect((await server.post('/api/admin/storage/retention/run', undefined, operator)).status).toBe(403);
    });
  });
});
