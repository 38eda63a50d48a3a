import { readPostedAlerts } from './posted-alerts';

const body = (alerts: unknown): Buffer => Buffer.from(JSON.stringify(alerts));

describe('posted alerts', () => {
  it('are read as Prometheus writes them', () => {
    const { signals, places, refusals } = readPostedAlerts(
      body([
        {
          labels: { alertname: 'HighCPU' },
          annotations: { summary: 'x' },
          startsAt: '2026-01-31T10:00:00.123456789Z',
          endsAt: '2026-01-31T12:00:00+01:00',
          generatorURL: 'http://prometheus/graph',
        },
        {
          labels: { alertname: 'Bare' },
          startsAt: '0001-01-01T00:00:00Z',
          endsAt: '0001-01-01T00:00:00.000Z',
        },
      ]),
    );
    expect([places, refusals]).toEqual([[0, 1], []]);
    expect(signals).toEqual([
      {
        labels: { alertname: 'HighCPU' },
        annotations: { summary: 'x' },
        status: 'firing',
        startsAtMs: Date.parse('2026-01-31T10:00:00.123Z'),
        endsAtMs: Date.parse('2026-01-31T11:00:00Z'),
        generatorUrl: 'http://prometheus/graph',
        values: null,
      },
      {
        labels: { alertname: 'Bare' },
        annotations: {},
        status: 'firing',
        startsAtMs: null,
        endsAtMs: null,
        generatorUrl: null,
        values: null,
      },
    ]);
  });

  it('that cannot be read do not cost the others', () => {
    const labels = { a: 'b' };
    const { places, refusals } = readPostedAlerts(
      body([
        null,
        { labels },
        {},
        { labels: [] },
        { labels, annotations: 'x' },
        { labels, startsAt: 'yesterday' },
        { labels, endsAt: 7 },
        { labels, startsAt: '2026-01-31T10:00:00Z', endsAt: '2026-01-31T09:00:00Z' },
        { labels, generatorURL: {} },
        { labels, annotations: null, startsAt: '', generatorURL: '' },
      ]),
    );
    expect(places).toEqual([1, 9]);
    expect(refusals.map(({ index, message }) => `${index} ${message}`)).toEqual([
      '0 an alert must be an object',
      '2 labels must be an object of strings',
      '3 labels must be an object of strings',
      '4 annotations must be an object of strings',
      '5 startsAt must be an RFC 3339 time',
      '6 endsAt must be an RFC 3339 time',
      '7 start time must be before end time',
      '8 generatorURL must be a string',
    ]);
  });

  it.each([
    ['nothing', undefined, 'No data provided'],
    ['no bytes', Buffer.alloc(0), 'No data provided'],
    ['no JSON', Buffer.from('{'), 'the body is not valid JSON'],
    ['no list', body({ labels: {} }), 'the body must be a list of alerts'],
    ['too many', body(Array.from({ length: 10_001 }, () => 0)), 'at most 10000 alerts'],
  ])('are refused as %s', (_what, sent, message) => {
    expect(() => readPostedAlerts(sent)).toThrow(message);
  });
});
