import { Readiness } from '../../src/health/readiness';
import { JobsService } from '../../src/jobs/jobs.service';
import { TestApp } from '../support/test-app';

const STRANGER = { token: null };
const VERSION = '3.3.0';
const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

describe('the health of the product', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app?.stop());

  describe('for strangers', () => {
    it.each([
      '/',
      '/health',
      '/healthz',
      '/readyz',
      '/status',
      '/api/status',
      '/api/health',
      '/api/version',
      '/api/info',
      '/metrics',
    ])('answers %s', async (path) => {
      expect((await app.get(path, STRANGER)).status).toBe(200);
    });

    it.each([
      '/api/config',
      '/api/metrics',
      '/metrics/history',
      '/database/status',
      '/monitoring/health',
      '/monitoring/logs',
      '/monitoring/alerts',
    ])('keeps %s to itself', async (path) => {
      expect((await app.get(path, STRANGER)).status).toBe(401);
    });

    it('says that it is healthy as the guide promises, without an envelope', async () => {
      const { body } = await app.get('/health', STRANGER);
      expect(body).toEqual({
        status: 'healthy',
        version: VERSION,
        timestamp: expect.stringMatching(ISO),
        checks: { database: true },
      });
    });

    it('is live and ready', async () => {
      expect((await app.get('/healthz', STRANGER)).body).toEqual({ status: 'success', data: { live: true } });
      expect((await app.get('/readyz', STRANGER)).body).toEqual({ status: 'success', data: { ready: true } });
    });

    it('shows its parts at /status, with the time as a number', async () => {
      const { body } = await app.get('/status', STRANGER);
      expect(body).toMatchObject({
        status: 'operational',
        version: VERSION,
        components: { database: 'healthy', jobs: 'healthy' },
      });
      expect(body.uptime).toMatch(/^[\ddhm ]*\d+s$/);
      expect(Math.abs(body.timestamp - Date.now() / 1_000)).toBeLessThan(5);
    });

    it('shows its parts at /api/status, with the time as text', async () => {
      const { body } = await app.get('/api/status', STRANGER);
      expect(body).toEqual({
        status: 'healthy',
        uptime: expect.any(String),
        timestamp: expect.stringMatching(ISO),
        version: VERSION,
        components: expect.objectContaining({ database: 'healthy' }),
        environment: expect.any(String),
      });
    });

    it('tells each check at /api/health', async () => {
      const { body } = await app.get('/api/health', STRANGER);
      expect(body).toEqual({
        status: 'healthy',
        timestamp: expect.stringMatching(ISO),
        version: VERSION,
        services: { database: 'healthy' },
        checks: { database: true, migrations: true, accepting_requests: true },
        reasons: [],
      });
    });

    it('names its version, and no commit that it does not know', async () => {
      const { body } = await app.get('/api/version', STRANGER);
      expect(body).toMatchObject({
        status: 'success',
        version: VERSION,
        api_version: 'v1',
        data: { version: VERSION },
      });
      expect(body.commit_hash === null || /^[0-9a-f]{40,64}$/.test(body.commit_hash)).toBe(true);
      expect(body.data).toHaveProperty('build_date', body.build_date);
    });

    it('promises only endpoints that answer', async () => {
      const { body } = await app.get('/', STRANGER);
      expect(body).toMatchObject({ name: 'SmartCloudOps AI', version: VERSION, status: 'operational' });
      expect(body.features).toEqual(expect.arrayContaining(['Anomalies', 'Health']));
      expect(body.endpoints).toMatchObject({ docs: '/api/docs', admin_jobs: '/api/admin/jobs' });
      for (const path of Object.values(body.endpoints as Record<string, string>)) {
        expect([path, (await app.get(path)).status]).toEqual([path, 200]);
      }
    });

    it('describes the running process without naming the machine', async () => {
      const { info } = (await app.get('/api/info', STRANGER)).body.data;
      expect(info).toMatchObject({ version: VERSION, role: 'all', node_version: process.version });
      expect(Date.parse(info.started_at)).toBeLessThanOrEqual(Date.now());
    });

    it('answers with a slash at the end as well, and 405 to other methods', async () => {
      expect((await app.get('/health/', STRANGER)).status).toBe(200);
      expect((await app.post('/health', { a: 1 }, STRANGER)).status).toBe(405);
      expect((await app.delete('/api/status', STRANGER)).status).toBe(405);
    });
  });

  describe('for Prometheus', () => {
    it('speaks the text format with its version', async () => {
      const { headers, text } = await app.get('/metrics', STRANGER);
      expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
      expect(text).toContain(`smartcloudops_build_info{version="${VERSION}",node="${process.version}"`);
      expect(text).toMatch(/^smartcloudops_database_up 1$/m);
      expect(text).toMatch(/^smartcloudops_ready 1$/m);
      expect(text).toMatch(/^smartcloudops_database_pool_connections\{state="idle"\} \d+$/m);
      expect(text).toMatch(/^smartcloudops_database_pool_waiting \d+$/m);
      expect(text).toMatch(/^smartcloudops_database_pool_size 8$/m);
      expect(text).toMatch(/^smartcloudops_disk_used_ratio 0\.\d+$/m);
      expect(text).toMatch(/^smartcloudops_jobs\{queue="[^"]+",state="dead"\} 0$/m);
      expect(text).toMatch(
        /^http_request_duration_seconds_count\{method="GET",route="\/health",status="200"\} \d+$/m,
      );
    });

    it('has counters at zero before anything was counted, so that the first event is one that is seen', async () => {
      const { text } = await app.get('/metrics', STRANGER);
      for (const kind of ['opened', 'extended', 'ended'])
        expect(text).toContain(`detection_episode_changes_total{kind="${kind}"} 0`);
      for (const tier of ['general', 'ai', 'admin', 'auth'])
        expect(text).toContain(`http_rate_limited_total{tier="${tier}"} 0`);
      for (const origin of ['live', 'backfill'])
        expect(text).toContain(`telemetry_samples_ingested_total{class="${origin}"} 0`);
    });

    it('asks for the permission where METRICS_PUBLIC is false', async () => {
      const closed = await TestApp.start({ METRICS_PUBLIC: 'false' }, app.database);
      try {
        expect((await closed.get('/metrics', STRANGER)).status).toBe(401);
        expect((await closed.get('/metrics', { token: 'nobody' })).status).toBe(401);
        expect((await closed.get('/metrics', { token: await app.tokenOf('viewer') })).status).toBe(200);
      } finally {
        await closed.stop();
      }
    });
  });

  describe('for viewers', () => {
    const asViewer = async (path: string) => app.get(path, { token: await app.tokenOf('viewer') });

    it('reads the machine', async () => {
      const { status, body } = await asViewer('/api/metrics');
      expect(status).toBe(200);
      const { system_metrics: now, timestamp, history } = body.data;
      expect(timestamp).toMatch(ISO);
      expect(Object.keys(now).sort()).toEqual([
        'cpu_usage_percent',
        'disk_usage_percent',
        'load_avg_1min',
        'memory_usage_percent',
        'network_bytes_recv_rate',
        'network_bytes_sent_rate',
      ]);
      expect(now.memory_usage_percent).toBeGreaterThan(0);
      expect(now.cpu_usage_percent).toBeGreaterThanOrEqual(0);
      expect(history.at(-1)).toEqual({ timestamp, ...now });
    });

    it('reads only the part of the history that was asked for', async () => {
      const past = await asViewer(
        '/api/metrics?start_time=2020-01-01T00:00:00Z&end_time=2020-01-02T00:00:00Z',
      );
      expect(past.body.data.history).toEqual([]);
      const all = await asViewer('/api/metrics?start_time=2020-01-01');
      expect(all.body.data.history.length).toBeGreaterThan(0);
    });

    it.each([
      [
        '/api/metrics?start_time=yesterday',
        'start_time must be an ISO 8601 time such as 2026-01-31T10:00:00Z',
      ],
      ['/api/metrics?start_time=2026-01-02&end_time=2026-01-01', 'start_time must not be after end_time'],
      ['/metrics/history?hours=0', 'hours must be an integer between 1 and 24'],
      ['/metrics/history?hours=25', 'hours must be an integer between 1 and 24'],
      ['/metrics/history?hours=x', 'hours must be an integer between 1 and 24'],
    ])('is told what is wrong with %s', async (path, message) => {
      const { status, body } = await asViewer(path);
      expect([status, body.status, body.message]).toEqual([400, 'error', message]);
    });

    it('sums up the last hours', async () => {
      const { body } = await asViewer('/metrics/history?hours=2');
      expect(body).toMatchObject({ status: 'success', period_hours: 2, data: { period_hours: 2 } });
      expect(body.total_samples).toBe(body.summary_statistics.sample_count);
      expect(body.total_samples).toBeGreaterThan(0);
      const { cpu_stats: cpu, memory_stats: memory, time_range: range } = body.summary_statistics;
      expect(cpu.min).toBeLessThanOrEqual(cpu.avg);
      expect(memory.avg).toBeLessThanOrEqual(memory.max);
      expect(Date.parse(range.start)).toBeLessThanOrEqual(Date.parse(range.end));
      expect(body.recent_metrics.length).toBe(Math.min(10, body.total_samples));
    });

    it('sees health, process, requests and alerts', async () => {
      const { health } = (await asViewer('/monitoring/health')).body.data;
      expect(health).toMatchObject({
        reasons: [],
        components: { database: 'healthy' },
        alerts: expect.any(Number),
      });
      const {
        process: own,
        connection_pool: pool,
        queues,
      } = (await asViewer('/monitoring/status')).body.data;
      expect(own).toMatchObject({ pid: process.pid, role: 'all' });
      expect(own.memory_bytes).toBeGreaterThan(own.heap_used_bytes);
      expect(pool).toMatchObject({ size: 8, waiting: expect.any(Number) });
      expect(Array.isArray(queues)).toBe(true);
      const { requests } = (await asViewer('/monitoring/metrics')).body.data;
      expect(requests.total).toBeGreaterThan(0);
      expect(requests.mean_duration_ms).toBeGreaterThan(0);
    });

    it.each([
      ['GET', '/api/config'],
      ['GET', '/database/status'],
      ['GET', '/monitoring/logs'],
      ['POST', '/monitoring/alerts'],
    ])('may not %s %s', async (method, path) => {
      expect((await app.call(method, path, { token: await app.tokenOf('viewer') })).status).toBe(403);
    });
  });

  describe('for admins', () => {
    it('shows the configuration, and of secrets only that they are set', async () => {
      const { body, text } = await app.get('/api/config');
      const settings = body.data.config.flatMap((section: { settings: object[] }) => section.settings);
      expect(settings).toContainEqual(
        expect.objectContaining({ name: 'DATABASE_POOL_SIZE', value: 8, default: '16', secret: false }),
      );
      expect(settings).toContainEqual(
        expect.objectContaining({ name: 'JWT_SECRET', value: 'set', secret: true }),
      );
      expect(text).not.toContain('a-signing-key');
      expect(text).not.toContain(app.database.url);
      expect(text).not.toContain('Correct-horse');
    });

    it('shows the database without a credential', async () => {
      await app.database.query('ANALYZE');
      const { status, body, text } = await app.get('/database/status');
      expect(status).toBe(200);
      expect(body.data.database_health).toMatchObject({ status: 'healthy', migrated: true });
      expect(body.data.database_health.migrations).toBeGreaterThan(0);
      expect(body.data.connection_info).toMatchObject({
        database: new URL(app.database.url).pathname.slice(1),
        pool: { size: 8 },
      });
      expect(body.data.data_statistics.tables).toContainEqual(
        expect.objectContaining({ table: 'public.audit_log', size_bytes: expect.any(Number) }),
      );
      expect(body.data.size_bytes).toBeGreaterThan(1_000_000);
      expect(body.version).toMatch(/^\d+/);
      const { password } = new URL(app.database.url);
      if (password.length > 0) expect(text).not.toContain(password);
    });

    it('counts the rows of a table that nobody analysed, and partitions as their table', async () => {
      await app.database.query(`
        CREATE TABLE health_probe (day int NOT NULL) PARTITION BY LIST (day);
        CREATE TABLE health_probe_1 PARTITION OF health_probe FOR VALUES IN (1);
        CREATE TABLE health_probe_2 PARTITION OF health_probe FOR VALUES IN (2);
        INSERT INTO health_probe SELECT 1 + n % 2 FROM generate_series(1, 100) AS n;
        ANALYZE health_probe_1; ANALYZE health_probe_2;
      `);
      const { tables } = (await app.get('/database/status')).body.data.data_statistics;
      const probes = tables.filter(({ table }: { table: string }) => table.startsWith('public.health_probe'));
      expect(probes).toEqual([
        { table: 'public.health_probe', estimated_rows: 100, size_bytes: expect.any(Number) },
      ]);
    });

    it('evaluates the alerts on demand, and finds dead letters', async () => {
      const jobs = app.app.get(JobsService);
      const [queue] = await jobs.listQueues();
      const before = (await app.post('/monitoring/alerts')).body;
      expect(before).toMatchObject({ status: 'success', message: 'Alerts evaluated' });
      await app.database.query(`INSERT INTO jobs.job (name, data) VALUES ($1, '{}')`, [`${queue.name}.dead`]);
      const after = (await app.post('/monitoring/alerts')).body.data;
      const dead = after.alerts.find(({ name }: { name: string }) => name === 'dead_letters');
      expect(dead).toMatchObject({
        subject: queue.name,
        severity: 'high',
        value: 1,
        first_seen_at: after.evaluated_at,
      });
      const again = (await app.get('/monitoring/alerts')).body.data;
      expect(again.alerts).toContainEqual(dead);
      await app.database.query('DELETE FROM jobs.job WHERE name = $1', [`${queue.name}.dead`]);
      expect((await app.post('/monitoring/alerts')).body.data.ended).toContainEqual(dead);
    });

    it('reads the log by severity', async () => {
      const talking = await TestApp.start({ LOG_LEVEL: 'info' }, app.database);
      try {
        const token = await app.tokenOf('admin');
        await talking.get('/healthz', STRANGER);
        const { logs } = (await talking.get('/monitoring/logs?limit=5', { token })).body.data;
        expect(logs.at(-1)).toMatchObject({
          level: 'info',
          message: 'request',
          request_id: expect.any(String),
          details: { route: '/healthz', status: 200 },
        });
        expect(logs.length).toBeLessThanOrEqual(5);
        const errors = (await talking.get('/monitoring/logs?level=fatal', { token })).body.data;
        expect(errors.logs).toEqual([]);
        expect((await talking.get('/monitoring/logs?level=loud', { token })).status).toBe(400);
      } finally {
        await talking.stop();
      }
    });
  });

  it('is not ready from the moment it drains, and says why', async () => {
    const leaving = await TestApp.start({}, app.database);
    try {
      leaving.app.get(Readiness).drain();
      const { status, headers, body } = await leaving.get('/readyz', STRANGER);
      expect([status, headers['retry-after']]).toEqual([503, '5']);
      expect(body).toEqual({
        status: 'error',
        message: 'Not ready: shutting down',
        code: 'health/not-ready',
        reasons: ['shutting down'],
        request_id: headers['x-request-id'],
      });
      expect((await leaving.get('/healthz', STRANGER)).status).toBe(200);
      expect((await leaving.get('/api/health', STRANGER)).body.checks).toMatchObject({
        database: true,
        accepting_requests: false,
      });
    } finally {
      await leaving.stop();
    }
  });
});
