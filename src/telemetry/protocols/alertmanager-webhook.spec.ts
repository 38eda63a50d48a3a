import { readAlertmanagerWebhook } from './alertmanager-webhook';
import { InvalidEvent } from './event.errors';

/** As Alertmanager 0.33 sends it. */
const NOTIFICATION = {
  receiver: 'smartcloudops',
  status: 'firing',
  notification_reason: 'first_notification',
  routeLabels: { team: 'web' },
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'HighCPU', instance: 'h1', empty: '' },
      annotations: { summary: 'CPU is busy' },
      startsAt: '2026-01-31T10:00:00.123456789Z',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: 'http://prometheus:9090/graph?g0.expr=up',
      fingerprint: '7909818cb2b8c9d0',
    },
    {
      status: 'resolved',
      labels: { alertname: 'HighCPU', instance: 'h2' },
      annotations: {},
      startsAt: '2026-01-31T10:00:00+01:00',
      endsAt: '2026-01-31T11:30:00+01:00',
      generatorURL: '',
      fingerprint: '16cf5e1a5e1a5e1a',
    },
  ],
  groupLabels: { alertname: 'HighCPU' },
  commonLabels: { alertname: 'HighCPU' },
  commonAnnotations: {},
  externalURL: 'http://alertmanager:9093',
  version: '4',
  groupKey: '{}:{alertname="HighCPU"}',
  truncatedAlerts: 0,
};

const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const withAlert = (change: object): Buffer =>
  bytes({ ...NOTIFICATION, alerts: [{ ...NOTIFICATION.alerts[0], ...change }, NOTIFICATION.alerts[1]] });

describe('a notification of Alertmanager', () => {
  it('tells each alert with its own status and times', () => {
    expect(readAlertmanagerWebhook(bytes(NOTIFICATION))).toEqual({
      faults: [],
      signals: [
        {
          labels: { alertname: 'HighCPU', instance: 'h1' },
          annotations: { summary: 'CPU is busy' },
          status: 'firing',
          startsAtMs: Date.parse('2026-01-31T10:00:00.123Z'),
          endsAtMs: null,
          generatorUrl: 'http://prometheus:9090/graph?g0.expr=up',
          values: null,
        },
        {
          labels: { alertname: 'HighCPU', instance: 'h2' },
          annotations: {},
          status: 'resolved',
          startsAtMs: Date.parse('2026-01-31T09:00:00Z'),
          endsAtMs: Date.parse('2026-01-31T10:30:00Z'),
          generatorUrl: null,
          values: null,
        },
      ],
    });
  });

  it('takes the status of the whole where an alert has none', () => {
    const { signals } = readAlertmanagerWebhook(
      bytes({ status: 'resolved', alerts: [{ labels: { a: '1' } }] }),
    );
    expect(signals).toMatchObject([{ status: 'resolved', startsAtMs: null, endsAtMs: null }]);
  });

  it('knows no end of an alert that fires, whatever is sent', () => {
    const { signals } = readAlertmanagerWebhook(withAlert({ endsAt: '2026-01-31T10:05:00Z' }));
    expect(signals[0].endsAtMs).toBeNull();
  });

  it.each([
    [
      'no labels',
      { labels: {} },
      'at least one label pair required: an alert is told from others by its labels',
    ],
    [
      'only empty labels',
      { labels: { a: '' } },
      'at least one label pair required: an alert is told from others by its labels',
    ],
    ['labels that are no object', { labels: ['a'] }, 'labels must be an object of texts'],
    ['a label that is no text', { labels: { a: 1 } }, 'labels.a must be a text'],
    [
      'a label without a name',
      { labels: { '': 'x' } },
      'label name "" is not accepted; a name is 1 to 256 characters of well-formed Unicode without NUL',
    ],
    [
      'a label that is too long',
      { labels: { a: 'é'.repeat(1_025) } },
      'label "a" is longer than 2048 bytes of UTF-8',
    ],
    ['an unknown status', { status: 'pending' }, 'status must be firing or resolved'],
    [
      'a time that is none',
      { startsAt: 'yesterday' },
      'startsAt must be a time such as 2026-01-31T10:00:00Z',
    ],
  ])('keeps the others where one alert has %s', (_, change, fault) => {
    const { signals, faults } = readAlertmanagerWebhook(withAlert(change));
    expect(faults).toEqual([`alerts[0]: ${fault}`]);
    expect(signals).toMatchObject([{ labels: { instance: 'h2' } }]);
  });

  it('cuts words that are too long, and leaves out links that are none, rather than lose the alert', () => {
    const { signals, faults } = readAlertmanagerWebhook(
      withAlert({ annotations: { description: '🤷'.repeat(20_000) }, generatorURL: 'javascript:alert(1)' }),
    );
    expect(faults).toEqual([]);
    expect(signals[0].annotations.description).toHaveLength(16_384);
    expect(signals[0].annotations.description.isWellFormed()).toBe(true);
    expect(signals[0].generatorUrl).toBeNull();
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['a list', '[]'],
    ['null', 'null'],
    ['an object without alerts', '{}'],
    ['alerts that are no list', '{"alerts":{}}'],
    ['a prototype key', '{"alerts":[{"__proto__":{"x":1}}]}'],
    ['a NUL', '{"alerts":[{"labels":{"a":"\\u0000"}}]}'],
    ['half a surrogate pair', '{"alerts":[{"labels":{"a":"\\ud800"}}]}'],
    ['a number beyond all', '{"alerts":[1e400]}'],
    ['a deep nest', `{"alerts":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['10,001 alerts', JSON.stringify({ alerts: Array.from({ length: 10_001 }, () => 0) })],
  ])('is refused where the body is %s', (_, text) => {
    expect(() => readAlertmanagerWebhook(Buffer.from(text))).toThrow(InvalidEvent);
  });

  it('is refused where its bytes are no UTF-8', () => {
    expect(() => readAlertmanagerWebhook(Buffer.from([0x7b, 0xff, 0x7d]))).toThrow('valid JSON in UTF-8');
  });
});
