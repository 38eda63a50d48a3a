import fc from 'fast-check';

import { InvalidEvent } from './event.errors';
import { readPagerDutyChange, readPagerDutyEvent, readRoutingKey } from './pagerduty-event';

const TRIGGER = {
  routing_key: 'a'.repeat(32),
  event_action: 'trigger',
  dedup_key: 'srv01/HTTP',
  payload: {
    summary: 'The server is down',
    source: 'srv01',
    severity: 'critical',
    timestamp: '2026-01-31T10:00:00.000+0000',
    component: 'nginx',
    group: 'web',
    class: 'ping failure',
    custom_details: { load: 0.75 },
  },
  client: 'Sample Monitor',
  client_url: 'https://monitoring.example.com',
  links: [{ href: 'https://runbook.example.com', text: 'Runbook' }],
  images: [],
};
const trigger = (payload: object, event: object = {}) =>
  readPagerDutyEvent(
    { ...TRIGGER, ...event, payload: { ...TRIGGER.payload, timestamp: undefined, ...payload } },
    'new',
  );

describe('an event for PagerDuty', () => {
  it('triggers an alert that its dedup key sets apart', () => {
    expect(trigger({ timestamp: TRIGGER.payload.timestamp })).toEqual({
      action: 'trigger',
      dedupKey: 'srv01/HTTP',
      signal: {
        labels: {
          alertname: 'ping failure',
          dedup_key: 'srv01/HTTP',
          source: 'srv01',
          component: 'nginx',
          group: 'web',
          class: 'ping failure',
          severity: 'critical',
        },
        annotations: {
          summary: 'The server is down',
          client: 'Sample Monitor',
          details: '{"load":0.75}',
          links: '[{"href":"https://runbook.example.com","text":"Runbook"}]',
        },
        status: 'firing',
        startsAtMs: Date.parse('2026-01-31T10:00:00Z'),
        endsAtMs: null,
        generatorUrl: 'https://monitoring.example.com',
        values: null,
      },
    });
  });

  it('gets a key where it triggers without one, and is named by its summary where it has no class', () => {
    expect(trigger({ class: undefined }, { dedup_key: undefined })).toMatchObject({
      dedupKey: 'new',
      signal: { labels: { alertname: 'The server is down', dedup_key: 'new' }, startsAtMs: null },
    });
  });

  it.each(['acknowledge', 'resolve'] as const)('may %s with a key and no payload', (action) => {
    expect(readPagerDutyEvent({ event_action: action, dedup_key: 'k' }, 'new')).toEqual({
      action,
      dedupKey: 'k',
    });
  });

  it.each([
    [
      'an unknown action',
      { event_action: 'snooze' },
      ["'event_action' must be trigger, acknowledge or resolve"],
    ],
    ['no payload', { payload: undefined }, ["'payload' is missing"]],
    ['a long key', { dedup_key: 'k'.repeat(256) }, ["'dedup_key' must be a text of 1 to 255 characters"]],
    [
      'no key to resolve',
      { event_action: 'resolve', dedup_key: undefined },
      ["'dedup_key' must be a text of 1 to 255 characters"],
    ],
    [
      'an empty payload',
      { payload: {} },
      [
        "'payload.summary' is missing",
        "'payload.source' is missing",
        "'payload.severity' must be one of critical, error, warning, info",
      ],
    ],
    [
      'a class that is no text',
      { payload: { ...TRIGGER.payload, timestamp: null, class: 7 } },
      ["'payload.class' must be a text"],
    ],
    [
      'a time that is none',
      { payload: { ...TRIGGER.payload, timestamp: 'now' } },
      [expect.stringContaining("'payload.timestamp' must be a time")],
    ],
  ])('is refused for %s, with everything that is wrong', (_, change, faults) => {
    const read = () =>
      readPagerDutyEvent({ ...TRIGGER, payload: { ...TRIGGER.payload, timestamp: null }, ...change }, 'new');
    expect(read).toThrow(InvalidEvent);
    expect(read).toThrow(expect.objectContaining({ faults }));
  });

  it('shows its routing key before anything else is looked at', () => {
    const { routingKey } = readRoutingKey(Buffer.from(JSON.stringify({ routing_key: 'k', event_action: 7 })));
    expect(routingKey).toBe('k');
    for (const text of ['', '[]', '{}', '{"routing_key":7}', '{"routing_key":""}'])
      expect(() => readRoutingKey(Buffer.from(text))).toThrow(InvalidEvent);
  });

  it('is read or refused with a reason, whatever JSON it is', () => {
    const member = fc.constantFrom(
      'event_action',
      'dedup_key',
      'payload',
      'links',
      'client',
      'client_url',
      'images',
    );
    fc.assert(
      fc.property(member, fc.jsonValue({ maxDepth: 4 }), (name, value) => {
        try {
          readPagerDutyEvent(
            { ...TRIGGER, payload: { ...TRIGGER.payload, timestamp: null }, [name]: value },
            'new',
          );
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidEvent);
        }
      }),
    );
  });
});

describe('a change for PagerDuty', () => {
  const payload = {
    summary: 'Build Success - Increase snapshot create timeout to 30 seconds',
    timestamp: '2026-07-17T08:42:58Z',
    source: 'acme-build-pipeline-tool-default-i-9999',
    custom_details: { build_state: 'passed', service: 'checkout' },
  };
  const links = [{ href: 'https://acme.example/builds/219', text: 'View more details' }];

  it('tells what was changed, when and by whom', () => {
    expect(readPagerDutyChange({ payload, links })).toEqual({
      source: 'acme-build-pipeline-tool-default-i-9999',
      service: 'checkout',
      summary: payload.summary,
      atMs: Date.parse(payload.timestamp),
      settleSeconds: null,
      details: { build_state: 'passed', service: 'checkout', links },
    });
    expect(readPagerDutyChange({ payload: { summary: 's' } })).toMatchObject({
      source: 'pagerduty',
      service: null,
      atMs: null,
      details: {},
    });
  });

  it('is refused without a summary, or with parts of the wrong kind', () => {
    expect(() => readPagerDutyChange({})).toThrow("'payload' is missing");
    expect(() => readPagerDutyChange({ payload: { summary: '', source: 7, custom_details: 'x' } })).toThrow(
      expect.objectContaining({
        faults: [
          "'payload.summary' is missing",
          "'payload.source' must be a text",
          "'payload.custom_details' must be an object",
        ],
      }),
    );
  });
});
