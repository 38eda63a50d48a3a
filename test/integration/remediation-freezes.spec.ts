import { Clock } from '../../src/common/time/clock';
import { LedgerRepository } from '../../src/remediation/execution/ledger.repository';
import { FreezeCalendarService } from '../../src/remediation/freezes/freeze-calendar.service';
import { RemediationBench } from '../support/remediation-bench';
import { eventually, TestApp } from '../support/test-app';

const PATH = '/api/remediation/freeze-calendars';
const DAY_MS = 86_400_000;
const SIGNATURE = ['system', null, 'system', null, null] as const;

const fromNow = (seconds: number): string => new Date(Date.now() + seconds * 1_000).toISOString();
const once = (from: number, to: number) => ({ kind: 'once', starts_at: fromNow(from), ends_at: fromNow(to) });

const calendar = (name: string, members: object = {}) => ({
  name,
  reason: 'no changes over the holidays',
  time_zone: 'Europe/Berlin',
  entries: [once(-3_600, 3_600)],
  ...members,
});

async function create(app: TestApp, name: string, members: object = {}): Promise<any> {
  const made = await app.post(PATH, calendar(name, members));
  if (made.status !== 201) throw new Error(made.text);
  return made.body.data.calendar;
}

describe('a freeze calendar', () => {
  let bench: RemediationBench;
  let second: TestApp;

  beforeAll(async () => {
    bench = await RemediationBench.start();
    second = await TestApp.start({}, bench.app.database);
    // A second process on the same database whose wall clock is a day ahead.
    second.app.get(Clock).now = () => new Date(Date.now() + DAY_MS);
  });
  afterAll(async () => {
    await second?.stop();
    await bench?.stop();
  });

  const remove = (id: number) => bench.app.delete(`${PATH}/${id}`);
  const state = async () => (await bench.app.get('/api/remediation/freeze')).body.data.freeze;

  it('holds what is executed and what is scheduled while it is in force, and lets it go on afterwards', async () => {
    const waiting = await bench.approved();
    const executed = await bench.approved();
    const before = bench.target.requests.length;
    const { id, entries } = await create(bench.app, 'Short', { entries: [once(-60, 12)] });
    const until = entries[0].ends_at as string;
    const refused = await bench.verb(executed, 'execute');
    expect([refused.status, refused.body.code]).toEqual([409, 'remediation/denied']);
    expect(refused.body.message).toContain(
      `Freeze calendar Short is in force until ${until}: no changes over the holidays`,
    );
    const scheduled = await bench.verb(waiting, 'schedule', { scheduled_at: fromNow(1) });
    expect(scheduled.body.data.freezes).toMatchObject([{ calendar_id: id, name: 'Short', until }]);
    const { waiting_for: waits } = await eventually(
      () => bench.progress(waiting),
      ({ remediation_action: { status } }) => status === 'in_progress',
    );
    expect(waits).toEqual([{ rail: 'freeze_calendar', reason: expect.stringContaining(`until ${until}`) }]);
    expect(bench.target.requests.length).toBe(before);
    const { remediation_action: ended } = await bench.ended(waiting);
    expect(ended.status).toBe('completed');
    const [{ early }] = await bench.app.database.query<{ early: boolean }>(
      `SELECT at < $2::timestamptz AS early FROM remediation_log WHERE action_id = $1 AND event = 'claimed'`,
      [waiting, until],
    );
    expect(early).toBe(false);
    expect(bench.target.requests.length - before).toBe(1);
    expect((await bench.verb(executed, 'execute')).status).toBe(200);
    await bench.ended(executed);
    await remove(id as number);
  });

  it('lets nothing begin in any process once it has answered, however many wait', async () => {
    const ids: number[] = [];
    for (let n = 0; n < 6; n += 1)
      ids.push(await bench.approved({ target_id: await bench.addTarget(`waits ${n}`) }));
    const before = bench.target.requests.length;
    const executing = ids.map((id) => bench.verb(id, 'execute'));
    const { id } = await create(bench.app, 'At once');
    const [{ at }] = await bench.app.database.query<{ at: Date }>('SELECT clock_timestamp() AS at');
    const answers = await Promise.all(executing);
    // Whoever asks for work now, and whatever its wall clock says, gets none.
    for (const app of [bench.app, second])
      expect(await app.app.get(LedgerRepository).claim('tester', 60, SIGNATURE)).toBeNull();
    const claimedAfter = () =>
      bench.app.database.query(
        `SELECT FROM remediation_log WHERE action_id = ANY ($1) AND event = 'claimed' AND at > $2`,
        [ids, at],
      );
    expect(await claimedAfter()).toEqual([]);
    await remove(id as number);
    for (const [index, { status }] of answers.entries())
      if (status !== 200) expect((await bench.verb(ids[index], 'execute')).status).toBe(200);
    for (const one of ids) expect((await bench.ended(one)).remediation_action.status).toBe('completed');
    expect(bench.target.requests.length - before).toBe(ids.length);
  });

  it('keeps nobody from approving meanwhile', async () => {
    const { id } = await create(bench.app, 'Approved in it');
    await bench.approved();
    await remove(id as number);
  });

  it('holds the groups of targets that it names, and no others', async () => {
    const held = await bench.addTarget('in the group');
    await bench.app.database.query(`UPDATE remediation_targets SET "group" = 'payments' WHERE id = $1`, [
      held,
    ]);
    const { id } = await create(bench.app, 'Payments', { target_groups: ['payments', 'cards'] });
    expect(await state()).toMatchObject({
      is_frozen: false,
      in_force: [{ name: 'Payments', target_groups: ['payments', 'cards'] }],
    });
    const free = await bench.approved();
    expect((await bench.verb(free, 'execute')).status).toBe(200);
    expect((await bench.ended(free)).remediation_action.status).toBe('completed');
    const inGroup = await bench.approved({ target_id: held });
    expect((await bench.verb(inGroup, 'execute')).body.code).toBe('remediation/denied');
    await remove(id as number);
    expect((await bench.verb(inGroup, 'execute')).status).toBe(200);
    await bench.ended(inGroup);
  });

  it.each([
    ['everything', {}],
    ['the group of its target', { target_groups: ['batch'] }],
  ])('has the slots of standing schedules passed over: of %s', async (what, members) => {
    await bench.app.database.query(`UPDATE remediation_targets SET "group" = 'batch' WHERE id = $1`, [
      bench.targetId,
    ]);
    const { id } = await create(bench.app, `Over ${what}`, members);
    const made = await bench.app.post('/api/remediation/schedules', {
      name: `Passed over, ${what}`,
      cron: '* * * * *',
      time_zone: 'UTC',
      action_type: 'cleanup_logs',
      target_id: bench.targetId,
    });
    const path = `/api/remediation/schedules/${made.body.data.schedule.id}`;
    await bench.app.database.query(
      `UPDATE remediation_schedules SET next_slot = date_trunc('minute', clock_timestamp()) WHERE id = $1`,
      [made.body.data.schedule.id],
    );
    const [firing] = await eventually(
      async () => (await bench.app.get(`${path}/firings`)).body.data.firings,
      (found) => found.length > 0,
      20_000,
    );
    expect(firing).toMatchObject({
      outcome: 'blackout',
      reason: expect.stringContaining(`Freeze calendar Over ${what} is in force until `),
    });
    await bench.app.delete(path);
    await remove(id as number);
  });

  it('shows what is in force until when, and what comes next', async () => {
    const { id } = await create(bench.app, 'Weekends', {
      entries: [
        once(-60, 3_600),
        { kind: 'weekly', weekdays: ['saturday'], start_time: '00:00', duration_minutes: 2_880 },
      ],
    });
    const { is_frozen: isFrozen, in_force: inForce, upcoming } = await state();
    expect(isFrozen).toBe(true);
    expect(inForce).toMatchObject([{ calendar_id: id, reason: 'no changes over the holidays' }]);
    expect(upcoming.length).toBeGreaterThan(8);
    expect((await bench.app.get('/metrics')).text).toContain('remediation_frozen 1');
    await remove(id as number);
    expect(await state()).toMatchObject({ is_frozen: false, in_force: [], upcoming: [] });
    expect((await bench.app.get('/metrics')).text).toContain('remediation_frozen 0');
  });

  it('is kept as people state it, with who changed what', async () => {
    const { id } = await create(bench.app, 'Stated', { entries: [once(86_400, 172_800)] });
    const changed = await bench.app.put(`${PATH}/${id}`, calendar('Stated', { enabled: false, version: 1 }));
    expect(changed.body.data.calendar).toMatchObject({ enabled: false, version: 2 });
    expect(await state()).toMatchObject({ is_frozen: false });
    const stale = await bench.app.put(`${PATH}/${id}`, calendar('Stated', { version: 1 }));
    expect([stale.status, stale.body.code]).toEqual([409, 'freeze/version-conflict']);
    expect((await bench.app.post(PATH, calendar('Stated'))).body.code).toBe('freeze/name-taken');
    const refused = await bench.app.post(
      PATH,
      calendar('x', { entries: [{ kind: 'days', first_day: '2026-12-24' }] }),
    );
    expect([refused.status, refused.body.message]).toEqual([
      400,
      'Missing required field: entries[0].last_day',
    ]);
    const operator = { token: await bench.app.tokenOf('operator') };
    expect((await bench.app.get(`${PATH}/${id}`, operator)).status).toBe(200);
    expect((await bench.app.post(PATH, calendar('y'), operator)).status).toBe(403);
    expect((await remove(id as number)).status).toBe(200);
    expect((await bench.app.get(`${PATH}/${id}`)).body.code).toBe('freeze/not-found');
    const rows = await bench.app.database.query<{ action: string }>(
      `SELECT action FROM audit_log WHERE subject_type = 'remediation_freeze_calendar' AND subject_id = $1 ORDER BY id`,
      [String(id)],
    );
    expect(rows.map(({ action }) => action)).toEqual(
      ['created', 'updated', 'deleted'].map((verb) => `remediation_freeze_calendar.${verb}`),
    );
  });
});

describe('a freeze calendar that nobody works out', () => {
  let bench: RemediationBench;
  let ledger: LedgerRepository;
  let calendars: FreezeCalendarService;

  // Nobody works here but the test.
  beforeAll(async () => {
    bench = await RemediationBench.start({
      NODE_ROLE: 'api',
      SECRETS_KEY: 'a-key-of-the-tests-for-secrets-that-is-long-enough',
    });
    ledger = bench.app.app.get(LedgerRepository);
    calendars = bench.app.app.get(FreezeCalendarService);
  });
  afterAll(() => bench.stop());

  const weekly = { kind: 'weekly', weekdays: ['saturday'], start_time: '00:00', duration_minutes: 60 };
  const known = async (id: number) =>
    (
      await bench.app.database.query<{ days: number; periods: number }>(
        `SELECT extract(day FROM known_until - now())::int AS days,
           (SELECT count(*)::int FROM remediation_freeze_periods WHERE calendar_id = id) AS periods
         FROM remediation_freeze_calendars WHERE id = $1`,
        [id],
      )
    )[0];
  const forget = (id: number, left: string) =>
    bench.app.database.query(
      `WITH forgotten AS (DELETE FROM remediation_freeze_periods WHERE calendar_id = $1)
       UPDATE remediation_freeze_calendars SET known_until = now() + $2::interval WHERE id = $1`,
      [id, left],
    );

  it('holds for weeks of what was worked out, and everything after that until it is worked out again', async () => {
    const id = await bench.approved();
    await bench.verb(id, 'execute');
    const { id: calendarId } = await create(bench.app, 'Far ahead', {
      entries: [once(86_400, 90_000), weekly],
    });
    expect((await known(calendarId as number)).days).toBeGreaterThanOrEqual(83);
    expect(await calendars.listEnding()).toEqual([]);
    await forget(calendarId as number, '-1 second');
    expect(await ledger.waitingFor(id)).toEqual(['freeze_calendar']);
    expect(await ledger.claim('tester', 60, SIGNATURE)).toBeNull();
    expect((await bench.progress(id)).waiting_for[0].reason).toContain('not worked out that far');
    expect(await calendars.listEnding()).toEqual([calendarId]);
    // Whoever works, maybe several at once.
    await Promise.all([calendars.extend(calendarId as number), calendars.extend(calendarId as number)]);
    expect(await known(calendarId as number)).toMatchObject({
      days: expect.any(Number),
      periods: expect.any(Number),
    });
    expect((await known(calendarId as number)).periods).toBeGreaterThanOrEqual(12);
    expect(await ledger.claim('tester', 60, SIGNATURE)).toMatchObject({ actionId: id });
    await bench.app.delete(`${PATH}/${calendarId}`);
  });

  it('is worked out again long before it is needed', async () => {
    const { id } = await create(bench.app, 'Ending', { entries: [weekly] });
    await forget(id as number, '55 days');
    expect(await calendars.listEnding()).toEqual([id]);
    await calendars.extend(id as number);
    expect((await known(id as number)).periods).toBeGreaterThanOrEqual(11);
    await bench.app.delete(`${PATH}/${id}`);
  });
});
