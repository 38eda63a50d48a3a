import { Clock } from '../../src/common/time/clock';
import { RemediationBench } from '../support/remediation-bench';
import { eventually, TestApp } from '../support/test-app';

const PATH = '/api/remediation/schedules';
const DAY_MS = 86_400_000;

describe('standing schedules', () => {
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

  const body = (name: string, members: object = {}) => ({
    name,
    cron: '30 2 * * *',
    time_zone: 'Europe/Berlin',
    action_type: 'cleanup_logs',
    target_id: bench.targetId,
    ...members,
  });
  const create = async (name: string, members: object = {}): Promise<number> => {
    const made = await bench.app.post(PATH, body(name, members));
    if (made.status !== 201) throw new Error(made.text);
    return made.body.data.schedule.id as number;
  };
  /** As if nothing had been running since then, in the terms of SQL. */
  const waitFrom = (id: number, slot: string) =>
    bench.app.database.query(`UPDATE remediation_schedules SET next_slot = ${slot} WHERE id = $1`, [id]);
  const firings = async (id: number): Promise<any[]> =>
    (await bench.app.get(`${PATH}/${id}/firings`)).body.data.firings;
  const fired = (id: number): Promise<any[]> =>
    eventually(
      () => firings(id),
      (found) => found.length > 0,
      20_000,
    );
  const everyMinute = { cron: '* * * * *' };
  const thisMinute = `date_trunc('minute', clock_timestamp())`;

  const byRule = (rrule: string, starts_at = '2026-01-01T00:00') => ({ cron: undefined, rrule, starts_at });

  it.each([
    ['an expression', everyMinute],
    ['a rule', byRule('FREQ=MINUTELY')],
  ])(
    'do each slot once with two processes, and what a policy allows begins by itself: by %s',
    async (_kind, slots) => {
      const before = bench.target.requests.length;
      const id = await create('Clean up', slots);
      await waitFrom(id, thisMinute);
      await fired(id);
      await bench.app.put(`${PATH}/${id}`, body('Clean up', { ...slots, enabled: false }));
      const found = await firings(id);
      const { outcome, action_id: actionId } = found.at(-1);
      expect(outcome).toBe('proposed');
      const { remediation_action: action } = await bench.ended(actionId as number);
      expect(action).toMatchObject({ status: 'completed', origin: 'schedule', action_name: 'Clean up' });
      for (const { action_id: other } of found) if (other !== null) await bench.ended(other as number);
      expect(new Set(found.map(({ slot }) => slot)).size).toBe(found.length);
      expect(bench.target.requests.length - before).toBe(
        found.filter((one) => one.action_id !== null).length,
      );
      await bench.app.delete(`${PATH}/${id}`);
    },
  );

  it('end with the last slot of their rule, and say so', async () => {
    const slots = { ...byRule('FREQ=DAILY;COUNT=1', '2100-01-01T00:00'), time_zone: 'UTC' };
    const id = await create('Once', slots);
    // As if its start were now.
    await bench.app.database.query(
      `UPDATE remediation_schedules SET next_slot = ${thisMinute}, local_start = to_char(${thisMinute} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI')
       WHERE id = $1`,
      [id],
    );
    const [{ action_id: actionId }] = await fired(id);
    const { schedule } = (await bench.app.get(`${PATH}/${id}`)).body.data;
    expect(schedule).toMatchObject({ next_slot: null, has_ended: true, enabled: true });
    await bench.ended(actionId as number);
    expect(await firings(id)).toHaveLength(1);
    const over = body('Once', byRule('FREQ=DAILY;COUNT=1'));
    expect((await bench.app.put(`${PATH}/${id}`, over)).body.code).toBe('schedule/invalid');
    const kept = await bench.app.put(`${PATH}/${id}`, { ...over, enabled: false });
    expect(kept.body.data.schedule).toMatchObject({ has_ended: true, enabled: false });
  });

  it('have nothing to do before the slot by the clock of the database, whatever a wall clock says', async () => {
    const id = await create('Tomorrow');
    const due = await create('Now', everyMinute);
    await waitFrom(due, thisMinute);
    await fired(due);
    await bench.app.delete(`${PATH}/${due}`);
    expect(await firings(id)).toEqual([]);
  });

  it('propose what people have to approve, and not again before that has ended', async () => {
    const id = await create('Restart', { ...everyMinute, action_type: 'restart_service' });
    await waitFrom(id, thisMinute);
    const [{ action_id: actionId, reason }] = await fired(id);
    expect(reason).toContain('waits for people');
    const { body: found } = await bench.app.get(`/api/remediation/actions/${actionId}`);
    expect(found.data.remediation_action.status).toBe('pending');
    // Whoever stated it is the one who asked for it.
    expect((await bench.verb(actionId as number, 'approve')).body.code).toBe('remediation/own-request');
    await bench.app.database.query(
      `UPDATE remediation_schedule_firings SET slot = slot - interval '1 day' WHERE schedule_id = $1`,
      [id],
    );
    await waitFrom(id, thisMinute);
    const [again] = await eventually(
      () => firings(id),
      (all) => all.length > 1,
      20_000,
    );
    expect(again).toMatchObject({ outcome: 'overlap', action_id: null });
    await bench.app.delete(`${PATH}/${id}`);
  });

  it.each([
    ['skip', 'missed'],
    ['run_once', 'proposed'],
  ])('deal with slots that were missed while nothing was running: %s', async (policy, outcome) => {
    const hour = new Date(Date.now() - 2 * 3_600_000).getUTCHours();
    const id = await create(`Missed, ${policy}`, {
      cron: `0 ${hour} * * *`,
      time_zone: 'UTC',
      missed_slots: policy,
    });
    await waitFrom(id, `clock_timestamp() - interval '3 days'`);
    const found = await fired(id);
    expect(found).toHaveLength(1);
    expect(found[0].outcome).toBe(outcome);
    expect(new Date(found[0].slot as string).getUTCHours()).toBe(hour);
    const { next_slot: next } = (await bench.app.get(`${PATH}/${id}`)).body.data.schedule;
    expect(Date.parse(next as string)).toBeGreaterThan(Date.now());
    if (outcome === 'proposed') await bench.ended(found[0].action_id as number);
  });

  it('are silent in a maintenance window and under a freeze', async () => {
    const window = await bench.app.post('/api/maintenance-windows', {
      name: 'Year end',
      matchers: ['service="cart"'],
      schedule: 'once',
      starts_at: new Date(Date.now() - DAY_MS).toISOString(),
      ends_at: new Date(Date.now() + DAY_MS).toISOString(),
    });
    const windowId = window.body.data.window.id as number;
    const id = await create('In a window', { ...everyMinute, blackout_window_ids: [windowId] });
    await waitFrom(id, thisMinute);
    expect((await fired(id))[0]).toMatchObject({
      outcome: 'blackout',
      reason: `Maintenance window ${windowId} (Year end) is in force`,
    });
    await bench.app.post('/api/remediation/freeze', { reason: 'release' });
    const frozen = await create('Frozen', everyMinute);
    await waitFrom(frozen, thisMinute);
    expect((await fired(frozen))[0]).toMatchObject({ outcome: 'blackout', reason: 'Remediation is frozen' });
    await bench.app.post('/api/remediation/unfreeze', {});
    await bench.app.delete(`${PATH}/${id}`);
    await bench.app.delete(`${PATH}/${frozen}`);
  });

  it('are shown before anybody trusts them, with what they would be passed over for', async () => {
    const window = await bench.app.post('/api/maintenance-windows', {
      name: 'Stocktaking',
      matchers: ['service="cart"'],
      schedule: 'once',
      starts_at: '2100-03-29T00:00:00Z',
      ends_at: '2100-03-30T00:00:00Z',
    });
    const calendar = await bench.app.post('/api/remediation/freeze-calendars', {
      name: 'Easter',
      time_zone: 'Europe/Berlin',
      entries: [{ kind: 'days', first_day: '2100-03-26', last_day: '2100-03-28' }],
    });
    const { id } = calendar.body.data.calendar;
    const { status, body: answer } = await bench.app.post(
      `${PATH}/preview`,
      {
        rrule: 'FREQ=DAILY;BYHOUR=2;BYMINUTE=30;UNTIL=21000401T000000Z',
        starts_at: '2100-03-27T00:00',
        time_zone: 'Europe/Berlin',
        except: ['2100-03-30'],
        blackout_window_ids: [window.body.data.window.id],
        target_id: bench.targetId,
        count: 20,
      },
      { token: await bench.app.tokenOf('viewer') },
    );
    expect(status).toBe(200);
    const until = '2100-03-28T22:00:00.000Z';
    const frozen = [{ kind: 'freeze_calendar', id, name: 'Easter', until }];
    expect(answer.data.slots).toEqual([
      { slot: '2100-03-27T01:30:00.000Z', local: '2100-03-27T02:30', hindrances: frozen },
      // The clock is put forward.
      { slot: '2100-03-28T01:30:00.000Z', local: '2100-03-28T03:30', hindrances: frozen },
      {
        slot: '2100-03-29T00:30:00.000Z',
        local: '2100-03-29T02:30',
        hindrances: [
          {
            kind: 'maintenance_window',
            id: window.body.data.window.id,
            name: 'Stocktaking',
            until: '2100-03-30T00:00:00.000Z',
          },
        ],
      },
      { slot: '2100-03-31T00:30:00.000Z', local: '2100-03-31T02:30', hindrances: [] },
    ]);
    const never = {
      rrule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
      starts_at: '2026-01-01T00:00',
      time_zone: 'UTC',
    };
    expect((await bench.app.post(`${PATH}/preview`, never)).body.data.slots).toEqual([]);
    expect((await bench.app.post(`${PATH}/preview`, { time_zone: 'UTC' })).body.code).toBe(
      'schedule/invalid',
    );
    await bench.app.delete(`/api/remediation/freeze-calendars/${id}`);
  });

  it('keep what they refer to: their runbook, their target, the windows in which they are silent', async () => {
    const window = await bench.app.post('/api/maintenance-windows', {
      name: 'Referred to',
      matchers: ['service="cart"'],
      schedule: 'weekly',
      weekdays: ['sunday'],
      start_time: '02:00',
      duration_minutes: 60,
      time_zone: 'Europe/Berlin',
    });
    const windowPath = `/api/maintenance-windows/${window.body.data.window.id}`;
    const runbook = await bench.app.post('/api/remediation/runbooks', {
      definition: {
        name: 'Referred to',
        description: 'Looks',
        steps: [{ name: 'look', action: 'enhance_monitoring', target: { name: 'cart' } }],
      },
    });
    const runbookPath = `/api/remediation/runbooks/${runbook.body.data.runbook.id}`;
    const targetId = await bench.addTarget('referred to');
    const ofRunbook = await create('Of a runbook', {
      action_type: undefined,
      target_id: undefined,
      runbook_id: runbook.body.data.runbook.id,
      blackout_window_ids: [window.body.data.window.id],
    });
    const ofTarget = await create('Of a target', { target_id: targetId });
    const refused = async (path: string) => {
      const { status, body: answer } = await bench.app.delete(path);
      return [status, answer.code, answer.message];
    };
    expect(await refused(runbookPath)).toEqual([
      409,
      'runbook/in-use',
      expect.stringContaining('is what a standing schedule asks for: Of a runbook'),
    ]);
    expect(await refused(windowPath)).toEqual([
      409,
      'maintenance/in-use',
      expect.stringContaining('is referred to by the standing schedule Of a runbook'),
    ]);
    expect(await refused(`/api/remediation/targets/${targetId}`)).toEqual([
      409,
      'remediation/target-in-use',
      expect.stringContaining('is what standing schedules act on'),
    ]);
    for (const id of [ofRunbook, ofTarget]) await bench.app.delete(`${PATH}/${id}`);
    for (const path of [runbookPath, windowPath, `/api/remediation/targets/${targetId}`])
      expect((await bench.app.delete(path)).status).toBe(200);
  });

  it('are kept as people state them, and refused where they could do nothing', async () => {
    const id = await create('Stated');
    const changed = await bench.app.put(`${PATH}/${id}`, body('Stated', { cron: '0 4 * * 0', version: 1 }));
    expect(changed.body.data.schedule).toMatchObject({ cron: '0 4 * * 0', version: 2 });
    expect((await bench.app.put(`${PATH}/${id}`, body('Stated', { version: 1 }))).body.code).toBe(
      'schedule/version-conflict',
    );
    const refused = [
      [body('Stated'), 'schedule/name-taken'],
      [body('x', { target_id: undefined }), 'schedule/invalid'],
      [body('x', { action_type: undefined, target_id: undefined, runbook_id: 999 }), 'runbook/not-found'],
      [body('x', { blackout_window_ids: [999] }), 'maintenance/not-found'],
      [body('x', { cron: undefined }), 'schedule/invalid'],
      [body('x', { ...byRule('FREQ=DAILY'), cron: '0 4 * * *' }), 'schedule/invalid'],
      [body('x', { ...byRule('FREQ=DAILY'), starts_at: undefined }), 'schedule/invalid'],
      [body('x', { starts_at: '2026-01-01T00:00' }), 'schedule/invalid'],
      [body('x', byRule('FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30')), 'schedule/invalid'],
      [body('x', byRule('FREQ=DAILY;COUNT=2', '2025-01-01T00:00')), 'schedule/invalid'],
    ] as const;
    for (const [sent, code] of refused) expect((await bench.app.post(PATH, sent)).body.code).toBe(code);
    for (const members of [
      { cron: '61 * * * *' },
      { time_zone: 'Europe/Atlantis' },
      byRule('FREQ=SECONDLY'),
      byRule('FREQ=DAILY', '2026-02-30T00:00'),
      { except: ['2026-02-30'] },
    ])
      expect((await bench.app.post(PATH, body('x', members))).status).toBe(400);
    expect((await bench.app.delete(`${PATH}/${id}`)).status).toBe(200);
    expect((await bench.app.get(`${PATH}/${id}`)).body.code).toBe('schedule/not-found');
  });
});
