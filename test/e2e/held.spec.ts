import { FindingsService } from '../../src/anomaly/findings.service';
import { Database } from '../../src/database/database';
import { findingOf } from '../support/finding';
import { eventually, TestApp } from '../support/test-app';

describe('what is held, over HTTP', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await TestApp.start({ CHANGE_SETTLE_SECONDS: '600', CHANGE_SETTLE_MAX_SECONDS: '900' });
  });
  afterAll(() => server.stop());

  const heldOf = async (query = ''): Promise<any[]> => (await server.get(`/api/held${query}`)).body.data.held;

  it('is listed with why, since when and until when, and so is no more once that is over', async () => {
    expect((await server.get('/api/held')).body.data).toEqual({
      held: [],
      pagination: { page: 1, per_page: 20, total: 0, pages: 0 },
    });
    const silence = await server.post('/api/v2/silences', {
      matchers: [{ name: 'service', value: 'search', isRegex: false }],
      startsAt: new Date(Date.now() - 1_000).toISOString(),
      endsAt: '2099-01-31T10:00:00.000Z',
      createdBy: 'jane',
      comment: 'known trouble',
    });
    await server.post('/api/v2/alerts', [
      { labels: { alertname: 'Down', service: 'search', severity: 'page' } },
    ]);
    const [alert] = await eventually(
      () => heldOf(),
      (held) => held.length === 1,
    );
    expect(alert).toMatchObject({
      kind: 'alert',
      alert_id: expect.any(Number),
      series_id: null,
      title: 'Down on search',
      severity: 'critical',
      labels: { alertname: 'Down', service: 'search', severity: 'page' },
      held_by: { kind: 'silence', id: silence.body.silenceID, name: 'known trouble' },
      held_until: '2099-01-31T10:00:00.000Z',
    });

    const told = await server.post('/api/changes', { summary: 'checkout 2.4.1', service: 'checkout' });
    const { change } = told.body.data;
    expect(change).toMatchObject({ settle_seconds: null });
    await server.app
      .get(Database)
      .run(() =>
        server.app
          .get(FindingsService)
          .apply([findingOf({ seriesId: 5, kind: 'opened', service: 'checkout' })]),
      );
    const [found, ...others] = await heldOf();
    expect(others).toEqual([alert]);
    const until = new Date(Date.parse(change.at) + 600_000).toISOString();
    expect(found).toMatchObject({
      kind: 'detection',
      alert_id: null,
      series_id: 5,
      title: 'latency is unusually high',
      severity: 'high',
      held_by: { kind: 'change', id: change.id, name: 'checkout 2.4.1' },
      reason: `Held by change ${change.id} (checkout 2.4.1) until ${until}`,
      held_until: until,
    });
    expect(Date.parse(found.held_since)).toBeGreaterThanOrEqual(Date.parse(change.received_at));

    expect(await heldOf('?kind=detection')).toEqual([found]);
    expect(await heldOf('?kind=alert')).toEqual([alert]);
    const second = await server.get('/api/held?per_page=1&page=2');
    expect(second.body.data).toMatchObject({ held: [alert], pagination: { total: 2, pages: 2 } });

    await server.delete(`/api/v2/silence/${silence.body.silenceID}`);
    expect(
      await eventually(
        () => heldOf(),
        (held) => held.length === 1,
      ),
    ).toEqual([found]);
  });

  it('is for those who may read anomalies, and asked for properly', async () => {
    expect((await server.get('/api/held', { token: null })).status).toBe(401);
    expect((await server.get('/api/held', { token: await server.tokenOf('viewer') })).status).toBe(200);
    const wrong = await server.get('/api/held?kind=rumour');
    expect([wrong.status, wrong.body.message]).toEqual([
      400,
      'Invalid kind. Must be one of: alert, detection',
    ]);
  });

  it('lets a change say for how long, in seconds', async () => {
    const refused = await server.post('/api/changes', {
      summary: 's',
      service: 'web',
      settle_seconds: 90_000,
    });
    expect([refused.status, refused.body.message]).toEqual([
      400,
      'settle_seconds must be an integer between 0 and 86400',
    ]);
    const told = await server.post('/api/changes', { summary: 's', service: 'web', settle_seconds: 60 });
    expect(told.body.data.change.settle_seconds).toBe(60);
  });
});
