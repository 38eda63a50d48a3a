import { RetentionService } from '../../src/retention/retention.service';
import { TestApp } from '../support/test-app';

const LONG_AGO = `now() - interval '8 days'`;

describe('retention of alerts and events', () => {
  let server: TestApp;
  beforeAll(async () => {
    server = await TestApp.start({ EVENT_RETENTION_DAYS: '7' });
  });
  afterAll(() => server.stop());

  const names = async () =>
    (await server.get('/api/alerts')).body.data.alerts.map(
      ({ labels }: { labels: { alertname: string } }) => labels.alertname,
    );

  it('deletes alerts that have been over for as long as set, and never one that fires', async () => {
    const endsAt = new Date(Date.now() - 1_000).toISOString();
    await server.post('/api/v2/alerts', [
      { labels: { alertname: 'old' } },
      { labels: { alertname: 'recent' } },
      { labels: { alertname: 'firing' } },
    ]);
    await server.post('/api/v2/alerts', [
      { labels: { alertname: 'old' }, endsAt },
      { labels: { alertname: 'recent' }, endsAt },
    ]);
    await server.database.query(
      `UPDATE alerts SET resolved_at = ${LONG_AGO} WHERE labels ->> 'alertname' = 'old'`,
    );
    await server.database.query(`UPDATE alerts SET starts_at = ${LONG_AGO}`);
    await server.app.get(RetentionService).run();
    expect((await names()).sort()).toEqual(['firing', 'recent']);
  });

  it('deletes silences that ended and changes that were told as long ago, and keeps the others', async () => {
    const silence = (comment: string) =>
      server.post('/api/v2/silences', {
        matchers: [{ name: 'alertname', value: comment, isRegex: false }],
        startsAt: new Date().toISOString(),
        endsAt: new Date(Date.now() + 3_600_000).toISOString(),
        createdBy: 'me',
        comment,
      });
    await silence('ended');
    await silence('in force');
    await server.database.query(
      `UPDATE silences SET starts_at = ${LONG_AGO}, ends_at = ${LONG_AGO} WHERE comment = 'ended'`,
    );
    await server.post('/api/changes', { summary: 'old' });
    await server.post('/api/changes', { summary: 'recent' });
    await server.database.query(`UPDATE change_events SET changed_at = ${LONG_AGO} WHERE summary = 'old'`);
    await server.app.get(RetentionService).run();
    expect(await server.database.query('SELECT comment FROM silences')).toEqual([{ comment: 'in force' }]);
    expect(await server.database.query('SELECT summary FROM change_events')).toEqual([{ summary: 'recent' }]);
  });

  it('keeps of a sender that floods the quarantine the newest events', async () => {
    await server.database.query(
      `INSERT INTO quarantined_events (protocol, sender, content_hash, media_type, headers, body, is_cut, reason)
       SELECT 'json', 'flood', decode(md5(n::text), 'hex'), 'application/json', '{}', '', false, n::text FROM generate_series(1, 1010) AS n`,
    );
    await server.app.get(RetentionService).run();
    const [kept] = await server.database.query<{ count: number; oldest: number }>(
      'SELECT count(*)::integer AS count, min(reason::integer) AS oldest FROM quarantined_events',
    );
    expect(kept).toEqual({ count: 1_000, oldest: 11 });
  });
});
