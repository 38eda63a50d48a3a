import fc from 'fast-check';

import { Database } from '../../src/database/database';
import { AlertConsumer } from '../../src/telemetry/alert-consumer.port';
import { AlertRepository } from '../../src/telemetry/alerts/alert.repository';
import { AlertChangeRepository } from '../../src/telemetry/alerts/alert-change.repository';
import { AlertExpiry } from '../../src/telemetry/alerts/alert-expiry.service';
import { alertFingerprint, alertIdentity } from '../../src/telemetry/alerts/alert-fingerprint';
import { AlertIntake } from '../../src/telemetry/alerts/alert-intake.service';
import { Episode, JudgedSignal, meet } from '../../src/telemetry/alerts/alert-lifecycle';
import type { AlertSignal } from '../../src/telemetry/alerts/alert-signal';
import { TelemetryService } from '../../src/telemetry/telemetry.service';
import type { AlertChange } from '../../src/telemetry/telemetry.types';
import { eventually, TestApp } from '../support/test-app';

const PROMETHEUS = { source: 'alertmanager', integrationId: null, isRepeating: true };
const WEBHOOK = { source: 'webhook', integrationId: 7 };
const MINUTE = 60_000;

/** Writes down what it is handed, in the transaction in which its place moves. */
class RememberingConsumer extends AlertConsumer {
  readonly reader = 'test';
  readonly seen: AlertChange[] = [];
  failures = 0;

  constructor(private readonly database: Database) {
    super();
  }

  async consume(changes: readonly AlertChange[]): Promise<void> {
    for (const { kind, alert } of changes)
      await this.database.execute('INSERT INTO seen_changes (alert_id, kind) VALUES ($1, $2)', [
        alert.id,
        kind,
      ]);
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('The consumer fails after its first writes');
    }
    this.seen.push(...changes);
  }
}

describe('alerts in storage', () => {
  let first: TestApp;
  let second: TestApp;
  let intake: AlertIntake;
  let consumer: RememberingConsumer;

  beforeAll(async () => {
    first = await TestApp.start();
    await first.database.query('CREATE TABLE seen_changes (alert_id bigint, kind text)');
    second = await TestApp.start({}, first.database);
    intake = first.app.get(AlertIntake);
  });
  afterAll(async () => {
    await second.stop();
    await first.stop();
  });

  const signal = (alertname: string, told: Partial<AlertSignal> = {}): AlertSignal => ({
    labels: { alertname },
    annotations: {},
    status: 'firing',
    startsAtMs: null,
    endsAtMs: null,
    generatorUrl: null,
    values: null,
    ...told,
  });
  const rowsOf = (alertname: string): Promise<Record<string, unknown>[]> =>
    first.database.query(`SELECT * FROM alerts WHERE labels ->> 'alertname' = $1 ORDER BY id`, [alertname]);
  const changesOf = async (alertname: string): Promise<string[]> =>
    (
      await first.database.query<{ kind: string }>(
        `SELECT kind FROM alert_changes JOIN alerts ON alerts.id = alert_id WHERE labels ->> 'alertname' = $1 ORDER BY alert_changes.id`,
        [alertname],
      )
    ).map(({ kind }) => kind);

  it('fire once, however often they are told, and keep what was said last', async () => {
    const start = Date.now() - 5 * MINUTE;
    await intake.receive(
      [signal('told', { startsAtMs: start, endsAtMs: Date.now() + MINUTE, annotations: { summary: 'one' } })],
      PROMETHEUS,
    );
    const end = Date.now() + 4 * MINUTE;
    await intake.receive(
      [
        signal('told', {
          startsAtMs: start - 10,
          endsAtMs: end,
          annotations: { summary: 'two' },
          values: { A: 3 },
        }),
      ],
      PROMETHEUS,
    );
    const [row, ...others] = await rowsOf('told');
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      status: 'firing',
      is_current: true,
      fingerprint: alertFingerprint({ alertname: 'told' }),
      annotations: { summary: 'two' },
      values: { A: 3 },
      told_count: 2,
      source: 'alertmanager',
      starts_at: new Date(start - 10),
      ends_at: new Date(end),
    });
    expect(await changesOf('told')).toEqual(['fired']);
  });

  it('end, and begin anew as another episode', async () => {
    const start = Date.now() - 10 * MINUTE;
    const ended = start + MINUTE;
    await intake.receive([signal('again', { startsAtMs: start })], WEBHOOK);
    await intake.receive(
      [signal('again', { status: 'resolved', startsAtMs: start, endsAtMs: ended })],
      WEBHOOK,
    );
    await intake.receive([signal('again', { startsAtMs: start })], WEBHOOK);
    expect((await rowsOf('again')).map(({ status, resolved_at }) => [status, resolved_at])).toEqual([
      ['resolved', new Date(ended)],
    ]);
    await intake.receive([signal('again', { startsAtMs: ended + MINUTE })], WEBHOOK);
    expect((await rowsOf('again')).map(({ status, is_current }) => [status, is_current])).toEqual([
      ['resolved', false],
      ['firing', true],
    ]);
    expect(await changesOf('again')).toEqual(['fired', 'resolved', 'fired']);
  });

  it('keep the order of what one request says of them', async () => {
    const start = Date.now() - 10 * MINUTE;
    await intake.receive(
      [
        signal('order', { startsAtMs: start }),
        signal('order', { status: 'resolved', startsAtMs: start, endsAtMs: start + MINUTE }),
        signal('order', { startsAtMs: start + 2 * MINUTE }),
      ],
      WEBHOOK,
    );
    expect(await changesOf('order')).toEqual(['fired', 'resolved', 'fired']);
  });

  it('of which only the end is told are stored as over, but not where nothing at all is known', async () => {
    const ended = Date.now() - MINUTE;
    const end = signal('unseen', { status: 'resolved', startsAtMs: ended - MINUTE, endsAtMs: ended });
    await intake.receive([end, signal('unknown', { status: 'resolved' })], WEBHOOK);
    await intake.receive([end], WEBHOOK);
    expect((await rowsOf('unseen')).map(({ status }) => status)).toEqual(['resolved']);
    expect(await changesOf('unseen')).toEqual(['resolved']);
    expect(await rowsOf('unknown')).toEqual([]);
  });

  it('that cannot be are refused one by one; the others are stored', async () => {
    const { stored, refusals } = await intake.receive(
      [signal('valid'), signal('', {}), signal('valid too'), signal('late', { startsAtMs: 9e15 })],
      WEBHOOK,
    );
    expect(stored).toBe(2);
    expect(refusals.map(({ index }) => index)).toEqual([1, 3]);
    expect([...(await rowsOf('valid')), ...(await rowsOf('valid too'))]).toHaveLength(2);
  });

  it('whose planned end passes are over, and say so; what only its sender can end goes on', async () => {
    await intake.receive([signal('silent', { endsAtMs: Date.now() + 300 })], PROMETHEUS);
    await intake.receive([signal('steady')], WEBHOOK);
    await intake.receive([signal('repeated')], PROMETHEUS);
    await eventually(
      async () => (await rowsOf('silent'))[0],
      ({ status }) => status === 'resolved',
    );
    expect((await rowsOf('silent'))[0]).toMatchObject({ is_timed_out: true, is_current: true });
    expect(await changesOf('silent')).toEqual(['fired', 'resolved']);
    expect((await rowsOf('steady'))[0]).toMatchObject({
      status: 'firing',
      ends_at: null,
      integration_id: 7,
    });
    const { ends_at } = (await rowsOf('repeated'))[0] as { ends_at: Date };
    expect(Math.abs(ends_at.getTime() - Date.now() - 300_000)).toBeLessThan(30_000);
    // Silence says nothing: whoever tells of it again begins the next episode, with whatever start.
    await intake.receive([signal('silent', { startsAtMs: Date.now() - MINUTE })], WEBHOOK);
    expect(await changesOf('silent')).toEqual(['fired', 'resolved', 'fired']);
  });

  it('told by both of a pair to two processes at once are one row and one change each', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `pair-${index}`);
    const tell = (app: TestApp, offset: number, order: readonly string[]) =>
      app.app.get(AlertIntake).receive(
        order.map((name) => signal(name, { startsAtMs: Date.now() - offset, endsAtMs: Date.now() + MINUTE })),
        PROMETHEUS,
      );
    await Promise.all(
      Array.from({ length: 10 }, (_, round) => [
        tell(first, round, names),
        tell(second, round + 500, names.toReversed()),
      ]).flat(),
    );
    const rows = await first.database.query<{ told_count: number }>(
      `SELECT told_count FROM alerts WHERE labels ->> 'alertname' LIKE 'pair-%'`,
    );
    expect(rows.map(({ told_count }) => told_count)).toEqual(names.map(() => 20));
    for (const name of names) expect(await changesOf(name)).toEqual(['fired']);
  });

  it('met by the statement are met as the rule says, whatever is told in whatever order', async () => {
    const alerts = first.app.get(AlertRepository);
    const base = Date.now() - 60 * MINUTE;
    let number = 0;
    const told = fc.record({
      isFiring: fc.boolean(),
      start: fc.option(fc.integer({ min: 0, max: 30 })),
      minutes: fc.option(fc.integer({ min: 1, max: 20 })),
      isLong: fc.boolean(),
      isRepeating: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(told, { minLength: 1, maxLength: 6 }), async (sequence) => {
        const name = `property-${(number += 1)}`;
        const labels = { alertname: name };
        let episode: Episode | null = null;
        const expected: string[] = [];
        let count = 0;
        for (const { isFiring, start, minutes, isLong, isRepeating } of sequence) {
          const startsAtMs = start === null ? null : base + start * MINUTE;
          const past = minutes === null ? null : (startsAtMs ?? base) + minutes * MINUTE;
          const endsAtMs = isFiring && isLong && past !== null ? past + 600 * MINUTE : past;
          const status = isFiring ? 'firing' : 'resolved';
          const before = Date.now();
          await alerts.store([
            {
              identity: alertIdentity(labels),
              fingerprint: alertFingerprint(labels),
              signal: signal(name, { status, startsAtMs, endsAtMs }),
              origin: { ...WEBHOOK, isRepeating },
              toldCount: 1,
            },
          ]);
          // The rule, on a clock of our own.
          const isOver = !isFiring || (endsAtMs !== null && endsAtMs <= before);
          if (isOver && startsAtMs === null && endsAtMs === null && episode === null) continue;
          const judgedStart = startsAtMs ?? Math.min(endsAtMs ?? before, before);
          const judged: JudgedSignal = {
            status: isOver ? 'resolved' : 'firing',
            startsAtMs: judgedStart,
            endsAtMs: isOver ? null : (endsAtMs ?? (isRepeating ? before + 300_000 : null)),
            resolvedAtMs: isOver ? Math.max(Math.min(endsAtMs ?? before, before), judgedStart) : null,
          };
          const meeting = meet(episode, judged);
          if (meeting === 'begins' || meeting === 'is over at once') {
            expected.push(meeting === 'begins' ? 'fired' : 'resolved');
            episode = { ...judged, isTimedOut: false };
            count += 1;
          } else if (episode !== null && meeting !== 'is known') {
            if (meeting === 'ends') expected.push('resolved');
            episode = {
              isTimedOut: false,
              status: judged.status,
              startsAtMs: Math.min(episode.startsAtMs, judged.startsAtMs),
              resolvedAtMs:
                judged.resolvedAtMs === null ? null : Math.max(judged.resolvedAtMs, episode.startsAtMs),
            };
          }
        }
        const rows = await rowsOf(name);
        expect(await changesOf(name)).toEqual(expected);
        expect(rows).toHaveLength(count);
        expect(rows.filter(({ is_current }) => is_current)).toHaveLength(Math.min(count, 1));
        expect(rows.at(-1)?.status).toBe(episode?.status);
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  it('resolve by the clock of the database, all that are due', async () => {
    await first.database.query(
      `INSERT INTO alerts (identity, fingerprint, status, labels, annotations, source, starts_at, ends_at)
       SELECT gen_random_uuid(), '0123456789abcdef', 'firing', '{"alertname":"many"}', '{}', 'test', now() - interval '1 hour', now() - interval '1 minute'
       FROM generate_series(1, 1200)`,
    );
    await first.app.get(AlertExpiry).expire();
    await eventually(
      async () => (await rowsOf('many')).filter(({ status }) => status === 'firing').length,
      (firing) => firing === 0,
    );
    expect(await changesOf('many')).toEqual(Array.from({ length: 1_200 }, () => 'resolved'));
  });

  describe('are handed on', () => {
    let worker: TestApp;

    beforeAll(async () => {
      await first.database.query('TRUNCATE alert_changes');
      worker = await TestApp.start({}, first.database, (app) => {
        consumer = new RememberingConsumer(app.get(Database));
        consumer.failures = 1;
        app.get(TelemetryService).consumeAlerts(consumer);
      });
    });
    afterAll(() => worker.stop());

    const seenInTable = (): Promise<{ alert_id: number; kind: string }[]> =>
      first.database.query('SELECT alert_id, kind FROM seen_changes ORDER BY ctid');

    it('once each, in the order in which they committed, also after the consumer failed in the middle', async () => {
      const start = Date.now() - 5 * MINUTE;
      await intake.receive([signal('handed', { startsAtMs: start, annotations: { summary: 'x' } })], WEBHOOK);
      await second.app
        .get(AlertIntake)
        .receive(
          [signal('handed', { status: 'resolved', startsAtMs: start, endsAtMs: start + MINUTE })],
          WEBHOOK,
        );
      await eventually(
        () => consumer.seen.length,
        (count) => count >= 2,
      );
      expect(consumer.seen.map(({ kind, alert }) => [kind, alert.labels, alert.annotations])).toEqual([
        ['fired', { alertname: 'handed' }, { summary: 'x' }],
        ['resolved', { alertname: 'handed' }, { summary: 'x' }],
      ]);
      expect(await seenInTable()).toEqual(
        consumer.seen.map(({ kind, alert }) => ({ alert_id: alert.id, kind })),
      );
    });

    it('and forgotten when every reader has passed them', async () => {
      await first.database.query(`INSERT INTO alert_cursors (reader, xact, id) VALUES ('slow', '0', 0)`);
      const changes = worker.app.get(AlertChangeRepository);
      const left = async (): Promise<number> =>
        (await first.database.query<{ n: number }>('SELECT count(*)::int AS n FROM alert_changes'))[0].n;
      const before = await left();
      await changes.purge();
      expect(await left()).toBe(before);
      await first.database.query(`DELETE FROM alert_cursors WHERE reader = 'slow'`);
      await changes.purge();
      expect(await left()).toBe(0);
    });
  });
});
