import { RetentionService } from '../../src/retention/retention.service';
import { grafanaSignature } from '../../src/telemetry/protocols/grafana-signature';
import { Answer, eventually, TestApp } from '../support/test-app';

interface Made {
  readonly id: number;
  readonly key: string;
}

const WEBHOOK = '/api/alerts/webhook/alertmanager';
const GRAFANA = '/api/alerts/webhook/grafana';
const JSON_ROUTE = '/api/alerts/json';
const CLOUD_EVENTS = '/api/alerts/cloudevents';
const ENQUEUE = '/v2/enqueue';
const QUARANTINE = '/api/admin/quarantine';

describe('receivers of events', () => {
  let server: TestApp;
  let integrations = 0;

  beforeAll(async () => {
    server = await TestApp.start();
  });
  afterAll(() => server.stop());

  const add = async (kind: string, settings: object = {}): Promise<Made> => {
    const { status, body, text } = await server.post('/api/integrations', {
      name: `${kind} ${(integrations += 1)}`,
      kind,
      ...settings,
    });
    if (status !== 201) throw new Error(text);
    return { id: body.data.integration.id as number, key: body.data.key as string };
  };
  const send = (
    url: string,
    key: string | null,
    body: unknown,
    headers: Record<string, string> = {},
    method = 'POST',
  ): Promise<Answer> =>
    server.call(method, url, {
      token: null,
      headers: {
        'content-type': 'application/json',
        ...(key !== null && { authorization: `Bearer ${key}` }),
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const alertsOf = (integrationId: number): Promise<{ status: string; labels: any; values: any }[]> =>
    server.database.query(
      'SELECT status, labels, annotations, "values", source FROM alerts WHERE integration_id = $1 ORDER BY id',
      [integrationId],
    );
  const notification = (status: string, ...names: string[]): object => ({
    version: '4',
    status,
    alerts: names.map((alertname) => ({
      status,
      labels: { alertname },
      annotations: {},
      startsAt: '2026-01-31T10:00:00Z',
      endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : '2026-01-31T11:00:00Z',
    })),
  });

  describe('that Alertmanager’s webhook calls', () => {
    it('store each alert, and its end', async () => {
      const { id, key } = await add('alertmanager_webhook');
      expect(await send(WEBHOOK, key, notification('firing', 'A', 'B'))).toMatchObject({
        status: 200,
        body: { status: 'success', data: { accepted: 2 } },
      });
      expect((await send(WEBHOOK, key, notification('resolved', 'A'))).status).toBe(200);
      const stored = await alertsOf(id);
      expect(stored.map(({ labels, status }) => [labels.alertname, status]).sort()).toEqual([
        ['A', 'resolved'],
        ['B', 'firing'],
      ]);
    });

    it('make one alert of a hundred duplicates at once', async () => {
      const { id, key } = await add('alertmanager_webhook');
      const answers = await Promise.all(
        Array.from({ length: 100 }, () => send(WEBHOOK, key, notification('firing', 'Twice'))),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      expect(await alertsOf(id)).toHaveLength(1);
    });

    it('ask for 503 patience where the budget is used up, since it never tries again after 429', async () => {
      const { key } = await add('alertmanager_webhook', { events_per_5_minutes: 2 });
      const statuses = [];
      for (let n = 0; n < 3; n += 1)
        statuses.push(
          (await send(WEBHOOK, key, notification('firing', 'Flood', 'Flood 2', 'Flood 3'))).status,
        );
      // A batch counts as one.
      expect(statuses).toEqual([200, 200, 503]);
      const { headers, body } = await send(WEBHOOK, key, notification('firing', 'Flood'));
      expect([Number(headers['retry-after']) > 0, body.code]).toEqual([true, 'events/budget-spent']);
    });

    it('take a Basic password and X-API-Key as well, and nobody who shows nothing or may not', async () => {
      const { key } = await add('alertmanager_webhook');
      const basic = Buffer.from(`anything:${key}`).toString('base64');
      const body = notification('firing', 'Auth');
      const ways: Record<string, string>[] = [{ authorization: `Basic ${basic}` }, { 'x-api-key': key }];
      for (const headers of ways) expect((await send(WEBHOOK, null, body, headers)).status).toBe(200);
      expect((await send(WEBHOOK, null, body)).status).toBe(401);
      expect((await send(`${WEBHOOK}?access_token=${key}`, null, body)).status).toBe(401);
      expect((await send(WEBHOOK, await server.tokenOf('viewer'), body)).status).toBe(403);
    });
  });

  describe('that Grafana’s contact point calls', () => {
    const secret = 's3cret of grafana';
    const bodyOf = (alertname: string): string =>
      JSON.stringify({
        version: '1',
        orgId: 1,
        status: 'firing',
        alerts: [{ status: 'firing', labels: { alertname }, annotations: {}, values: { A: 0.93 } }],
      });
    const body = bodyOf('Slow');
    const signed = (key: string, seconds: number, text: string, by = secret): Promise<Answer> =>
      send(GRAFANA, key, text, {
        'x-grafana-alerting-signature': grafanaSignature(by, Buffer.from(text), String(seconds)),
        'x-grafana-alerting-timestamp': String(seconds),
      });
    const now = (): number => Math.floor(Date.now() / 1_000);

    it('store the numbers that fired, by POST and by PUT', async () => {
      const { id, key } = await add('grafana');
      expect((await send(GRAFANA, key, body)).status).toBe(200);
      expect((await send(GRAFANA, key, body, {}, 'PUT')).status).toBe(200);
      expect(await alertsOf(id)).toMatchObject([{ labels: { alertname: 'Slow' }, values: { A: 0.93 } }]);
    });

    it('take only what is signed with the secret, in time, where there is one', async () => {
      const { id, key } = await add('grafana', { hmac_secret: secret });
      const text = bodyOf('Signed');
      expect((await send(GRAFANA, key, text)).status).toBe(401);
      expect((await signed(key, now(), text, 'another')).status).toBe(401);
      expect((await signed(key, now() - 310, text)).status).toBe(401);
      expect((await signed(key, now() + 310, text)).status).toBe(401);
      expect(await alertsOf(id)).toEqual([]);
      const untimed = grafanaSignature(secret, Buffer.from(text), null);
      expect((await send(GRAFANA, key, text, { 'x-grafana-alerting-signature': untimed })).status).toBe(200);
      expect((await signed(key, now(), text)).status).toBe(200);
      expect(await alertsOf(id)).toHaveLength(1);
      const { body: seen } = await eventually(
        () => server.get(`/api/integrations/${id}`),
        (answer) => answer.body.data.integration.error_count === 4,
      );
      expect(seen.data.integration).toMatchObject({
        event_count: 2,
        last_error: 'The signature is out-of-time',
      });
    });

    it('answer a delivery that comes again alike, and do nothing', async () => {
      const { id, key } = await add('grafana', { hmac_secret: secret });
      const seconds = now();
      const firing = bodyOf('Slow again');
      expect((await signed(key, seconds, firing)).status).toBe(200);
      expect((await signed(key, seconds, firing.replaceAll('firing', 'resolved'))).status).toBe(200);
      expect((await signed(key, seconds, firing)).status).toBe(200);
      expect(await alertsOf(id)).toMatchObject([{ status: 'resolved' }]);
    });

    it('never tell the secret: not in answers, nor in the audit trail, nor in the database', async () => {
      const canary = 'canary-6f1f0c4e';
      const { id } = await add('grafana', { hmac_secret: canary });
      await server.put(`/api/integrations/${id}`, { hmac_secret: `${canary}-2` });
      const answers = await Promise.all(
        ['/api/integrations', `/api/integrations/${id}`, '/api/audit?per_page=100'].map((url) =>
          server.get(url),
        ),
      );
      expect(answers.filter(({ text }) => text.includes(canary))).toEqual([]);
      for (const table of ['integrations', 'audit_log', 'api_keys'])
        expect(
          await server.database.query(`SELECT FROM ${table} AS row WHERE row::text LIKE '%' || $1 || '%'`, [
            canary,
          ]),
        ).toEqual([]);
      expect(answers[1].body.data.integration.has_hmac_secret).toBe(true);
      const bare = await server.put(`/api/integrations/${id}`, { hmac_secret: '' });
      expect(bare.body.data.integration.has_hmac_secret).toBe(false);
    });
  });

  describe('that speak PagerDuty', () => {
    const event = (key: string, action: string, change: object = {}): object => ({
      routing_key: key,
      event_action: action,
      dedup_key: 'srv01/http',
      payload: { summary: 'HTTP does not answer', source: 'srv01', severity: 'critical', class: 'http' },
      ...change,
    });
    const enqueue = (body: unknown): Promise<Answer> => send(ENQUEUE, null, body);

    it('end an alert by its key alone, with the labels that it began with', async () => {
      const { id, key } = await add('pagerduty');
      expect(key).toMatch(/^[0-9a-f]{32}$/);
      expect(await enqueue(event(key, 'trigger'))).toMatchObject({
        status: 202,
        body: { status: 'success', message: 'Event processed', dedup_key: 'srv01/http' },
      });
      // The same alert at another severity is the same alert.
      const worse = { summary: 'Worse', source: 'srv01', severity: 'warning' };
      expect((await enqueue(event(key, 'trigger', { payload: worse }))).status).toBe(202);
      expect((await enqueue(event(key, 'acknowledge', { payload: undefined }))).status).toBe(202);
      expect(await alertsOf(id)).toMatchObject([
        { status: 'firing', labels: { alertname: 'http', severity: 'critical', dedup_key: 'srv01/http' } },
      ]);
      expect((await enqueue(event(key, 'resolve', { payload: undefined }))).status).toBe(202);
      expect(await alertsOf(id)).toMatchObject([{ status: 'resolved' }]);
      expect((await enqueue(event(key, 'trigger', { payload: worse }))).status).toBe(202);
      expect(await alertsOf(id)).toMatchObject([
        { status: 'resolved' },
        { status: 'firing', labels: { severity: 'warning' } },
      ]);
    });

    it('accept and ignore the end of what nobody has told of, and give a key where none is sent', async () => {
      const { id, key } = await add('pagerduty');
      expect((await enqueue(event(key, 'resolve', { dedup_key: 'nothing' }))).status).toBe(202);
      expect(await alertsOf(id)).toEqual([]);
      const { body } = await enqueue(event(key, 'trigger', { dedup_key: undefined }));
      expect(body.dedup_key).toMatch(/^[0-9a-f-]{36}$/);
      expect(await alertsOf(id)).toMatchObject([{ labels: { dedup_key: body.dedup_key } }]);
    });

    it('make one alert of a hundred duplicates at once', async () => {
      const { id, key } = await add('pagerduty');
      const answers = await Promise.all(Array.from({ length: 100 }, () => enqueue(event(key, 'trigger'))));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
      expect(await alertsOf(id)).toHaveLength(1);
    });

    it('are refused in PagerDuty’s words', async () => {
      const { id, key } = await add('pagerduty', { events_per_5_minutes: 1 });
      const invalid = { status: 'invalid event', message: 'Event object is invalid' };
      for (const [body, errors] of [
        ['{', ['The body is not valid JSON in UTF-8']],
        [{}, ["'routing_key' is missing"]],
        [event('f'.repeat(32), 'trigger'), ["'routing_key' is invalid"]],
        [event('no key', 'trigger'), ["'routing_key' is invalid"]],
        [
          event(key, 'snooze', { dedup_key: '' }),
          [
            "'event_action' must be trigger, acknowledge or resolve",
            "'dedup_key' must be a text of 1 to 255 characters",
          ],
        ],
      ] as const)
        expect(await enqueue(body)).toMatchObject({ status: 400, body: { ...invalid, errors } });
      const spent = await enqueue(event(key, 'trigger'));
      expect([spent.status, spent.body.status, Number(spent.headers['retry-after']) > 0]).toEqual([
        429,
        'throttle exceeded',
        true,
      ]);
      expect(await send('/v2/nowhere', null, {})).toMatchObject({
        status: 404,
        body: { status: 'not found' },
      });
      expect((await send(ENQUEUE, null, 'x', { 'content-type': 'text/plain' })).body.status).toBe('error');
      // Who is switched off is a stranger.
      const other = await add('pagerduty');
      await server.put(`/api/integrations/${other.id}`, { is_enabled: false });
      expect((await enqueue(event(other.key, 'trigger'))).body.errors).toEqual(["'routing_key' is invalid"]);
      expect(await alertsOf(id)).toEqual([]);
    });

    it('tell of changes, each once', async () => {
      const { id, key } = await add('pagerduty');
      const change = {
        routing_key: key,
        payload: {
          summary: 'checkout 2.4.1 deployed',
          source: 'ci',
          timestamp: '2026-01-31T10:00:00Z',
          custom_details: { service: 'checkout', settle_seconds: 600 },
        },
      };
      for (let n = 0; n < 2; n += 1)
        expect(await send('/v2/change/enqueue', null, change)).toMatchObject({
          status: 202,
          body: { status: 'success', message: 'Change event processed' },
        });
      const { body } = await server.get('/api/changes?service=checkout');
      expect(body.data.changes).toMatchObject([
        {
          summary: 'checkout 2.4.1 deployed',
          source: 'ci',
          settle_seconds: 600,
          at: '2026-01-31T10:00:00.000Z',
          integration_id: id,
        },
      ]);
    });
  });

  describe('of CloudEvents', () => {
    const event = (change: object = {}): object => ({
      specversion: '1.0',
      id: '1',
      source: '/monitor',
      type: 'com.example.alert',
      data: { title: 'DiskFull', labels: { host: 'h1' } },
      ...change,
    });
    const structured = { 'content-type': 'application/cloudevents+json' };
    const batch = { 'content-type': 'application/cloudevents-batch+json' };

    it('take the three modes, and an event once by its source and id', async () => {
      const { id, key } = await add('cloudevents');
      expect((await send(CLOUD_EVENTS, key, event(), structured)).status).toBe(200);
      const headers = { 'ce-specversion': '1.0', 'ce-id': '2', 'ce-source': '%2Fmonitor', 'ce-type': 't' };
      const ended = { title: 'DiskFull', labels: { host: 'h1' }, status: 'resolved' };
      expect((await send(CLOUD_EVENTS, key, ended, headers)).status).toBe(200);
      expect(await alertsOf(id)).toMatchObject([
        { status: 'resolved', labels: { alertname: 'DiskFull', host: 'h1' } },
      ]);
      // The first comes again, late: it is known, and opens nothing.
      const again = await send(
        CLOUD_EVENTS,
        key,
        [event(), event({ id: '3', data: { title: 'New' } })],
        batch,
      );
      expect(again.status).toBe(200);
      expect((await alertsOf(id)).map(({ labels, status }) => [labels.alertname, status])).toEqual([
        ['DiskFull', 'resolved'],
        ['New', 'firing'],
      ]);
    });

    it('read a type as the mapping has it, and let go what it does not name', async () => {
      const { id, key } = await add('cloudevents', {
        mapping: { types: { 'ci.*': 'change', 'mon.alert': 'alert' }, title: '/what', key: '/ref' },
      });
      const events = [
        event({ id: 'a', type: 'mon.alert', data: { what: 'Down', ref: 'r1', labels: { n: '1' } } }),
        event({
          id: 'b',
          type: 'ci.deployed',
          subject: 'web',
          time: '2026-02-01T00:00:00Z',
          data: { summary: 'web 1', settle_seconds: 60 },
        }),
        event({ id: 'c', type: 'other', data: null }),
        event({ id: 'd', type: 'mon.alert', data: { what: 'Down', ref: 'r1', status: 'ok' } }),
      ];
      expect(await send(CLOUD_EVENTS, key, events, batch)).toMatchObject({
        status: 200,
        body: { data: { accepted: 4 } },
      });
      expect(await alertsOf(id)).toMatchObject([
        { status: 'resolved', labels: { alertname: 'Down', n: '1' } },
      ]);
      expect((await server.get('/api/changes?service=web')).body.data.changes).toMatchObject([
        { summary: 'web 1', settle_seconds: 60, source: '/monitor', integration_id: id },
      ]);
    });

    it('refuse what is no event, and formats that nobody agreed on', async () => {
      const { key } = await add('cloudevents');
      expect((await send(CLOUD_EVENTS, key, event({ specversion: '0.3' }), structured)).status).toBe(400);
      expect((await send(CLOUD_EVENTS, key, { title: 'no headers' })).status).toBe(400);
      expect(
        (await send(CLOUD_EVENTS, key, '<x/>', { 'content-type': 'application/cloudevents+xml' })).status,
      ).toBe(415);
      expect(
        (await send(CLOUD_EVENTS, key, event(), { ...structured, 'content-encoding': 'gzip' })).status,
      ).toBe(415);
    });

    it('say in the handshake whether we want to be sent events', async () => {
      const own = await TestApp.start();
      try {
        const ask = (headers: Record<string, string>): Promise<Answer> =>
          own.call('OPTIONS', CLOUD_EVENTS, { token: null, headers });
        const origin = {
          'webhook-request-origin': 'eventemitter.example.com',
          'webhook-request-rate': '120',
        };
        const before = await ask(origin);
        expect([before.status, before.headers['webhook-allowed-origin']]).toEqual([204, undefined]);
        await own.post('/api/integrations', { name: 'events', kind: 'cloudevents' });
        const after = await ask({ ...origin, 'webhook-request-callback': 'http://127.0.0.1:1/x' });
        expect(after).toMatchObject({
          status: 204,
          headers: {
            'webhook-allowed-origin': 'eventemitter.example.com',
            'webhook-allowed-rate': '60',
            allow: 'OPTIONS, POST',
          },
        });
        for (const odd of ['*', 'a b', 'x\u00e9'])
          expect((await ask({ 'webhook-request-origin': odd })).headers).not.toHaveProperty(
            'webhook-allowed-origin',
          );
      } finally {
        await own.stop();
      }
    });
  });

  describe('of any JSON', () => {
    it('read alerts by the mapping, and as we write them for who has none', async () => {
      const { id, key } = await add('json', {
        mapping: { items: '/hits', title: '/rule', labels: { host: '/h' }, fixed_labels: { team: 'web' } },
      });
      expect(
        await send(JSON_ROUTE, key, {
          hits: [
            { rule: 'R1', h: 'a' },
            { rule: 'R1', h: 'b' },
          ],
        }),
      ).toMatchObject({
        status: 200,
        body: { data: { accepted: 2 } },
      });
      expect((await alertsOf(id)).map(({ labels }) => labels)).toEqual([
        { alertname: 'R1', host: 'a', team: 'web' },
        { alertname: 'R1', host: 'b', team: 'web' },
      ]);
      expect((await send(JSON_ROUTE, await server.tokenOf('operator'), { title: 'By hand' })).status).toBe(
        200,
      );
    });

    it('are for keys of their own kind that are switched on', async () => {
      const { id, key } = await add('json');
      expect((await send(WEBHOOK, key, notification('firing', 'x'))).body.code).toBe('integration/refused');
      await server.put(`/api/integrations/${id}`, { is_enabled: false });
      expect((await send(JSON_ROUTE, key, { title: 'x' })).status).toBe(403);
    });

    it('refuse a hostile body with a reason, whatever it is', async () => {
      const { key } = await add('json', { events_per_5_minutes: 1_000 });
      for (const text of [
        '',
        'null',
        '[[]]',
        '{"title":"\\u0000"}',
        '{"title":"\\ud800"}',
        '{"__proto__":{"title":"x"}}',
        `{"title":"x","labels":${'['.repeat(50_000)}`,
        `{"title":"${'x'.repeat(3_000)}"}`,
        JSON.stringify({
          title: 'x',
          labels: Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`l${n}`, 'v'])),
        }),
        '{"title":"x","starts_at":"1600-01-01"}',
      ])
        expect([text.slice(0, 40), (await send(JSON_ROUTE, key, text)).status]).toEqual([
          text.slice(0, 40),
          400,
        ]);
      expect((await send(JSON_ROUTE, key, `"${'x'.repeat(1_100_000)}"`)).status).toBe(413);
    });
  });

  describe('that cannot take an event', () => {
    const inQuarantine = async (integrationId: number): Promise<any[]> =>
      (await server.get(`${QUARANTINE}?per_page=100`)).body.data.events.filter(
        (event: { integration_id: number }) => event.integration_id === integrationId,
      );

    it('store what they can of it, say what is wrong, and keep the whole', async () => {
      const { id, key } = await add('json');
      const body = [{ title: 'Good' }, { name: 'Bad' }];
      for (let n = 0; n < 3; n += 1)
        expect(await send(JSON_ROUTE, key, body)).toMatchObject({
          status: 400,
          body: { message: '1 of 2 cannot be taken: [1]: has no title at /title', code: 'request/invalid' },
        });
      expect(await alertsOf(id)).toHaveLength(1);
      const events = await inQuarantine(id);
      expect(events).toMatchObject([{ protocol: 'json', received_count: 3, is_cut: false }]);
      const detail = await server.get(`${QUARANTINE}/${events[0].id}`);
      expect(detail.body.data.event.body).toBe(JSON.stringify(body));
    });

    it('take it from quarantine once its mapping is mended, and it leaves', async () => {
      const { id, key } = await add('json');
      await send(JSON_ROUTE, key, { name: 'Named otherwise' });
      const [{ id: eventId }] = await inQuarantine(id);
      const replay = (): Promise<Answer> => server.post(`${QUARANTINE}/${eventId}/replay`);
      expect((await replay()).status).toBe(400);
      expect(await inQuarantine(id)).toMatchObject([{ received_count: 1 }]);
      await server.put(`/api/integrations/${id}`, { mapping: { title: '/name' } });
      expect(await replay()).toMatchObject({ status: 200, body: { data: { accepted: 1 } } });
      expect((await replay()).status).toBe(404);
      expect(await alertsOf(id)).toMatchObject([{ labels: { alertname: 'Named otherwise' } }]);
      const audited = await server.database.query(
        "SELECT action FROM audit_log WHERE subject_type = 'quarantined_event' AND subject_id = $1",
        [String(eventId)],
      );
      expect(audited).toEqual([{ action: 'quarantine.replayed' }]);
    });

    it('take the rest of a batch where one event cannot be stored, and that one as well once it can', async () => {
      const { id, key } = await add('cloudevents');
      const event = (eventId: string, data: object): object => ({
        specversion: '1.0',
        id: eventId,
        source: 's',
        type: 't',
        data,
      });
      // In the year 1600 nothing of ours can have begun.
      const batch = [
        event('1', { title: 'Stored' }),
        event('2', { title: 'Too old', starts_at: '1600-01-01', late: '2026-01-31' }),
      ];
      const headers = { 'content-type': 'application/cloudevents-batch+json' };
      expect((await send(CLOUD_EVENTS, key, batch, headers)).body.message).toMatch(
        /^1 of 2 cannot be taken: /,
      );
      await server.put(`/api/integrations/${id}`, { mapping: { starts_at: '/late' } });
      const [{ id: eventId }] = await inQuarantine(id);
      expect((await server.post(`${QUARANTINE}/${eventId}/replay`)).status).toBe(200);
      expect((await alertsOf(id)).map(({ labels }) => labels.alertname)).toEqual(['Stored', 'Too old']);
    });

    it('keep no routing key, and no more than 64 KiB, which cannot be replayed', async () => {
      const { id, key } = await add('pagerduty');
      const custom_details = { filler: 'x'.repeat(70_000) };
      await send(ENQUEUE, null, { routing_key: key, event_action: 'no', payload: { custom_details } });
      const [event] = await inQuarantine(id);
      expect(event).toMatchObject({ protocol: 'pagerduty', is_cut: true });
      const { body } = (await server.get(`${QUARANTINE}/${event.id}`)).body.data.event;
      expect([body.length, body.includes(key)]).toEqual([65_536, false]);
      expect((await server.post(`${QUARANTINE}/${event.id}/replay`)).body.code).toBe('quarantine/cut');
      expect((await server.delete(`${QUARANTINE}/${event.id}`)).status).toBe(200);
      expect(await inQuarantine(id)).toEqual([]);
    });

    it('keep nothing of strangers, nor of those with a wrong signature', async () => {
      const before = (await server.get(QUARANTINE)).body.data.pagination.total;
      await send(JSON_ROUTE, null, '{');
      await send(ENQUEUE, null, { routing_key: 'f'.repeat(32), event_action: 'no' });
      const { key } = await add('grafana', { hmac_secret: 'x' });
      await send(GRAFANA, key, '{');
      expect((await server.get(QUARANTINE)).body.data.pagination.total).toBe(before);
    });

    it('forget it after thirty days', async () => {
      const { id, key } = await add('json');
      await send(JSON_ROUTE, key, '{');
      await server.database.query(
        "UPDATE quarantined_events SET last_received_at = now() - interval '31 days' WHERE integration_id = $1",
        [id],
      );
      await server.app.get(RetentionService).run();
      expect(await inQuarantine(id)).toEqual([]);
    });
  });
});
