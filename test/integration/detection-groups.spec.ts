import { Client } from 'pg';

import { READER } from '../../src/ml/detection/detection.service';
import { SampleCursorRepository } from '../../src/telemetry/metrics/sample-cursor.repository';
import { ServerProcess } from '../support/server-process';
import { eventually, TestApp } from '../support/test-app';
import { createTestDatabase, TestDatabase } from '../support/test-database';

const SERIES = 40;
const SECONDS = 600;
const FAULT_AT = 300;
const FAULT_END = 380;
const GROUPS = 16;

/** Gently noisy, each series in its own way; every fourth has a fault. The same at every call. */
function valueAt(series: number, second: number): number {
  const noise = Math.sin(second * 12.9898 + series) * 43758.5453;
  const ordinary = 20 + 4 * (noise - Math.floor(noise));
  const isFaulty = series % 4 === 0 && second >= FAULT_AT && second < FAULT_END;
  return isFaulty ? ordinary + 100 : ordinary;
}

/** Sends all series in order, ten seconds a request; `between` may kill and start processes. */
async function sendSeries(
  server: () => ServerProcess,
  startMs: number,
  between: (second: number) => Promise<void> = async () => undefined,
): Promise<void> {
  for (let second = 0; second < SECONDS; second += 10) {
    const samples = Array.from({ length: 10 * SERIES }, (_, i) => {
      const [series, at] = [i % SERIES, second + Math.floor(i / SERIES)];
      return {
        name: 'latency_ms',
        labels: { service: `shop-${series}` },
        value: valueAt(series, at),
        timestamp: startMs + at * 1_000,
      };
    });
    const { status } = await server().fetch('/api/telemetry/samples', { method: 'POST', body: { samples } });
    expect(status).toBe(201);
    await between(second);
  }
}

/** How many groups each of the processes holds, the largest share first. */
async function sharesSeenBy(server: ServerProcess): Promise<number[]> {
  const { groups } = (await server.fetch('/api/ml/groups')).body.data;
  expect(groups).toHaveLength(GROUPS);
  const holders = groups.map(({ held_by }: { held_by: string | null }) => held_by ?? 'nobody');
  return [...Map.groupBy(holders, (holder) => holder).values()]
    .map(({ length }) => length)
    .sort((a, b) => b - a);
}
const untilShared = (server: ServerProcess, shares: number[]) =>
  eventually(
    () => sharesSeenBy(server),
    (seen) => seen.join() === shares.join(),
  );

/** The finished anomalies, by their series. */
async function anomaliesSeenBy(server: ServerProcess): Promise<Map<string, object[]>> {
  const list: Record<string, unknown>[] = await eventually(
    async () => (await server.fetch('/api/anomalies?order=asc&limit=100')).body.data.anomalies,
    (anomalies: { status: string }[]) =>
      anomalies.length >= SERIES / 4 && anomalies.every(({ status }) => status === 'resolved'),
    60_000,
  );
  const facts = list.map(({ title, onset_at, last_seen_at, anomaly_score, severity, metric }) => ({
    title,
    onset_at,
    last_seen_at,
    anomaly_score,
    severity,
    metric: metric as { series: string },
  }));
  return Map.groupBy(facts, ({ metric }) => metric.series);
}

/** What each series' detector has learnt: a sample that was skipped, or scored twice, is seen in its bytes. */
async function statesIn(database: TestDatabase): Promise<Map<string, string>> {
  const rows = await database.query<{ service: string; state: Buffer }>(
    `SELECT labels ->> 'service' AS service, state FROM detectors JOIN series ON series.id = series_id ORDER BY 1`,
  );
  return new Map(rows.map(({ service, state }) => [service, state.toString('base64')]));
}

/** What happened to anomalies and incidents, with how often. */
const eventsIn = (database: TestDatabase) =>
  database.query(
    `SELECT 'anomaly ' || event AS event, count(*) FROM anomaly_history GROUP BY event
     UNION ALL SELECT 'incident ' || event, count(*) FROM incident_history GROUP BY event ORDER BY 1`,
  );

const untilNothingWaits = (server: ServerProcess) =>
  eventually(
    async () => (await server.fetch('/metrics')).text,
    (page) => /^detection_lag_seconds 0$/m.test(page),
    60_000,
  );
const untilAllScored = (server: ServerProcess) =>
  eventually(
    async () => {
      const { detectors } = (await server.fetch('/api/ml/detectors?limit=100')).body.data;
      return detectors.filter(({ readiness }: any) => readiness?.have === SECONDS).length;
    },
    (count) => count === SERIES,
    60_000,
  );

describe('detection in several processes', () => {
  let alone: TestDatabase;
  let shared: TestDatabase;
  beforeAll(async () => {
    [alone, shared] = [await createTestDatabase(), await createTestDatabase()];
  });
  afterAll(async () => {
    await alone.drop();
    await shared.drop();
  });

  it('shares the series, and skips nothing and tells nothing twice when one is killed, others join and leave, and all lose their locks', async () => {
    const startMs = Date.now() - 3_600_000;
    const single = await ServerProcess.start({ DATABASE_URL: alone.url });
    await untilShared(single, [16]);
    await sendSeries(() => single, startMs);
    await untilAllScored(single);
    const expected = await anomaliesSeenBy(single);
    expect(expected.size).toBe(SERIES / 4);
    expect(await single.stop()).toBe(0);

    const first = await ServerProcess.start({ DATABASE_URL: shared.url });
    const second = await ServerProcess.start({ DATABASE_URL: shared.url });
    await untilShared(first, [8, 8]);
    let third: ServerProcess | null = null;
    await sendSeries(
      () => second,
      startMs,
      async (at) => {
        // In the middle of the fault, with findings told and nothing of it saved.
        if (at === 340) await first.kill();
        if (at === 350) await untilShared(second, [16]);
        if (at === 360) third = await ServerProcess.start({ DATABASE_URL: shared.url });
        if (at === 370) await untilShared(second, [8, 8]);
        if (at === 450) {
          const fourth = await ServerProcess.start({ DATABASE_URL: shared.url });
          await untilShared(second, [6, 5, 5]);
          expect(await fourth.stop()).toBe(0);
          await untilShared(second, [8, 8]);
        }
        // All of them lose their groups without knowing, and whoever comes first takes them.
        if (at === 500)
          await shared.query(
            `SELECT pg_terminate_backend(pid) FROM (SELECT DISTINCT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = 7203452
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS session`,
          );
      },
    );
    expect(await anomaliesSeenBy(second)).toEqual(expected);
    for (const server of [second, third]) await untilNothingWaits(server as unknown as ServerProcess);
    for (const server of [third, second]) expect(await (server as unknown as ServerProcess).stop()).toBe(0);
    expect(await statesIn(shared)).toEqual(await statesIn(alone));
    expect(await eventsIn(shared)).toEqual(await eventsIn(alone));
  }, 180_000);

  describe('of whom one holds a group', () => {
    let database: TestDatabase;
    beforeEach(async () => {
      database = await createTestDatabase();
    });
    afterEach(() => database.drop());

    it('refuses what its holder of before still wants to record', async () => {
      const server = await TestApp.start({ NODE_ROLE: 'api' }, database);
      try {
        const cursors = server.app.get(SampleCursorRepository);
        const [before] = await cursors.open(READER, [3], 'the one before');
        const [now] = await cursors.open(READER, [3], 'the one now');
        expect(now).toMatchObject({ group: 3, groupCount: GROUPS, saved: { xact: '0', id: 0 } });
        const place = { xact: '7', id: 9 };
        await expect(cursors.advance(READER, [{ ...before, saved: place, told: place }])).rejects.toThrow(
          expect.objectContaining({ code: 'telemetry/group-lost' }),
        );
        await cursors.advance(READER, [{ ...now, saved: place, told: place }]);
        // Nor does it say that nobody holds what another does.
        await cursors.close(READER, [before]);
        expect((await cursors.open(READER, [3], 'the next'))[0].saved).toEqual(place);
      } finally {
        await server.stop();
      }
    });

    it('gives the places in the full tier to as many series as there are, whoever asks', async () => {
      const start = () =>
        ServerProcess.start({ DATABASE_URL: database.url, DETECTOR_FULL_SERIES: '7', LOG_LEVEL: 'error' });
      const servers = [await start(), await start()];
      try {
        await untilShared(servers[0], [8, 8]);
        const samples = Array.from({ length: 32 }, (_, i) => ({ name: `depth_${i}`, value: i }));
        for (const part of [samples.slice(0, 16), samples.slice(16)])
          await Promise.all(
            servers.map((server) =>
              server.fetch('/api/telemetry/samples', { method: 'POST', body: { samples: part } }),
            ),
          );
        const tiers = await eventually(
          () =>
            database.query<{ tier: string; series: string }>(
              'SELECT tier, count(*)::text AS series FROM detectors GROUP BY tier ORDER BY tier',
            ),
          (rows) => rows.reduce((sum, { series }) => sum + Number(series), 0) === 32,
        );
        expect(tiers).toEqual([
          { tier: 'full', series: '7' },
          { tier: 'light', series: '25' },
        ]);
      } finally {
        for (const server of servers) await server.stop();
      }
    }, 60_000);

    it('hears of settings and of deleted series from the others', async () => {
      const servers = [
        await ServerProcess.start({ DATABASE_URL: database.url }),
        await ServerProcess.start({ DATABASE_URL: database.url }),
      ];
      try {
        await untilShared(servers[0], [8, 8]);
        const send = () =>
          servers[0].fetch('/api/telemetry/samples', {
            method: 'POST',
            body: { samples: Array.from({ length: GROUPS }, (_, i) => ({ name: `depth_${i}`, value: i })) },
          });
        await send();
        const liveOn = async (server: ServerProcess) =>
          (await server.fetch('/api/ml/detectors?limit=100')).body.data.detectors.filter(
            ({ as_of, readiness }: any) => as_of === null && readiness.have > 0,
          );
        const foreign = await eventually(
          () => liveOn(servers[1]),
          (list) => list.length === 8,
        );
        const { series_id: id } = foreign[0];
        const haveOf = async () =>
          (await servers[1].fetch(`/api/ml/detectors/${id}`)).body.data.detector.readiness.have as number;
        expect((await servers[0].fetch(`/api/ml/detectors/${id}/pause`, { method: 'POST' })).status).toBe(
          200,
        );
        // Paused where it is scored, too: another sample adds nothing any more, although its neighbours learn on.
        const { series_id: neighbour } = foreign[1];
        await eventually(async () => {
          const before = await haveOf();
          const learnt = (await servers[1].fetch(`/api/ml/detectors/${neighbour}`)).body.data.detector
            .readiness.have;
          await send();
          await eventually(
            async () =>
              (await servers[1].fetch(`/api/ml/detectors/${neighbour}`)).body.data.detector.readiness.have,
            (have) => have > learnt,
          );
          return (await haveOf()) === before;
        });
        expect(
          (await servers[0].fetch(`/api/telemetry/series/${neighbour}`, { method: 'DELETE' })).status,
        ).toBeLessThan(300);
        await eventually(
          () => database.query('SELECT 1 FROM detectors WHERE series_id = $1', [neighbour]),
          (rows) => rows.length === 0,
        );
      } finally {
        for (const server of servers) await server.stop();
      }
      // Its holder had learnt of it what it could have saved, and left no row of it behind.
      expect(await database.query('SELECT series_id FROM detectors')).toHaveLength(GROUPS - 1);
    }, 90_000);
  });

  it('waits for a process of a version without groups, and goes on from its places', async () => {
    const database = await createTestDatabase();
    const former = new Client({ connectionString: database.url });
    await former.connect();
    await former.query(`SELECT pg_advisory_lock(7203452, hashtext('sample-feed.detection.state'))`);
    const server = await TestApp.start({}, database);
    try {
      await server.post('/api/telemetry/samples', { samples: [{ name: 'depth', value: 1 }] });
      const [last] = await database.query<{ xact: string; id: string }>(
        'SELECT xact, id FROM sample_batches',
      );
      // It has scored that sample, and told of something since it was last saved.
      await former.query(
        `INSERT INTO sample_cursors (reader, xact, id) VALUES ('detection.state', $1, $2), ('detection.findings', $1, $2::bigint + 5)`,
        [last.xact, last.id],
      );
      const groupsHeld = async () =>
        (await server.get('/api/ml/groups')).body.data.groups.filter(
          ({ held_by }: { held_by: string | null }) => held_by !== null,
        ).length;
      expect(await groupsHeld()).toBe(0);
      await former.end();
      await eventually(groupsHeld, (held) => held === GROUPS);
      const places = await database.query<{ line: string }>(
        `SELECT DISTINCT concat_ws(' ', xact, id, told_xact, told_id) AS line FROM sample_group_cursors`,
      );
      expect(places).toEqual([{ line: `${last.xact} ${last.id} ${last.xact} ${Number(last.id) + 5}` }]);
      expect(await database.query('SELECT 1 FROM sample_cursors')).toEqual([]);
      expect((await server.get('/metrics')).text).toMatch(/^detection_samples_scored_total 0$/m);
      await server.post('/api/telemetry/samples', { samples: [{ name: 'depth', value: 2 }] });
      await eventually(
        async () => (await server.get('/metrics')).text,
        (page) => /^detection_samples_scored_total 1$/m.test(page),
      );
    } finally {
      await server.stop();
      await database.drop();
    }
  }, 60_000);
});
