import fc from 'fast-check';

import { InvalidEvent } from './event.errors';
import { DEFAULT_MAPPING, EventMapping, mappingFaults, meaningOf } from './event-mapping';
import { readJsonAlerts, readJsonChange } from './json-alert';
import { isJsonPointer, valueAt } from './json-pointer';

const mapping = (change: Partial<EventMapping>): EventMapping => ({ ...DEFAULT_MAPPING, ...change });

describe('a JSON pointer', () => {
  const value = { a: [{ 'b/c': 1, '~': 2, '': 3 }], n: null };
  it.each([
    ['', value],
    ['/a/0/b~1c', 1],
    ['/a/0/~0', 2],
    ['/a/0/', 3],
    ['/n', null],
    ['/a/1', undefined],
    ['/a/00', undefined],
    ['/a/-1', undefined],
    ['/a/length', undefined],
    ['/n/x', undefined],
    ['/constructor/name', undefined],
    ['/__proto__', undefined],
    ['/toString', undefined],
  ])('%j finds what stands there, and only that', (pointer, found) => {
    expect(valueAt(value, pointer)).toEqual(found);
  });

  it('is told from other texts', () => {
    for (const text of ['', '/', '/a', '/a~0b~1c']) expect(isJsonPointer(text)).toBe(true);
    for (const text of ['a', '$.a', '/a~2', '/~', '/x'.repeat(21), `/${'x'.repeat(500)}`, 7, null])
      expect(isJsonPointer(text)).toBe(false);
  });
});

describe('alerts in JSON', () => {
  it('are read where nobody says otherwise as we write them', () => {
    const body = {
      title: 'Disk is full',
      status: 'OK',
      severity: 'high',
      labels: { host: 'h1', port: 80, up: false, gone: null },
      annotations: { summary: 's' },
      starts_at: 1_769_853_600,
      ends_at: '2026-01-31T10:30:00Z',
      url: 'https://x.example/1',
      values: { used: 0.99, note: 'x' },
      key: 42,
    };
    expect(readJsonAlerts(body, DEFAULT_MAPPING)).toEqual({
      faults: [],
      keyed: [
        {
          key: '42',
          signal: {
            labels: { alertname: 'Disk is full', severity: 'high', host: 'h1', port: '80', up: 'false' },
            annotations: { summary: 's' },
            status: 'resolved',
            startsAtMs: Date.parse('2026-01-31T10:00:00Z'),
            endsAtMs: Date.parse('2026-01-31T10:30:00Z'),
            generatorUrl: 'https://x.example/1',
            values: { used: 0.99 },
          },
        },
      ],
    });
  });

  it('are read where a mapping says that they stand', () => {
    const body = {
      hits: [
        {
          rule: { name: 'Errors' },
          prio: 'P1',
          state: 'cleared',
          tags: [{ v: 'web' }],
          t: 1_769_853_600_500,
        },
      ],
    };
    const { keyed } = readJsonAlerts(
      body,
      mapping({
        items: '/hits',
        title: '/rule/name',
        severity: '/prio',
        severity_words: { P1: 'critical' },
        status: '/state',
        resolved_words: ['Cleared'],
        labels: { tier: '/tags/0/v', none: '/tags/9/v' },
        fixed_labels: { team: 'shop' },
        annotations: { rule: '/rule/name' },
        values: { t: '/t' },
        starts_at: '/t',
      }),
    );
    expect(keyed).toMatchObject([
      {
        key: null,
        signal: {
          labels: { alertname: 'Errors', severity: 'critical', tier: 'web', team: 'shop' },
          annotations: { rule: 'Errors' },
          status: 'resolved',
          startsAtMs: 1_769_853_600_500,
          values: { t: 1_769_853_600_500 },
        },
      },
    ]);
  });

  it('are read one by one: what is wrong with one costs the others nothing', () => {
    const { keyed, faults } = readJsonAlerts(
      [
        { title: 'a' },
        {},
        { title: { x: 1 } },
        { title: 'b', labels: 'x' },
        { title: 'c', starts_at: 'soon' },
        7,
        { title: 'd', starts_at: -1 },
      ],
      DEFAULT_MAPPING,
    );
    expect(keyed).toMatchObject([{ signal: { labels: { alertname: 'a' }, status: 'firing' } }]);
    expect(faults).toEqual([
      '[1]: has no title at /title',
      '[2]: title must be a text, at /title',
      '[3]: labels must be an object, at /labels',
      '[4]: starts_at must be a time such as 2026-01-31T10:00:00Z or epoch seconds, at /starts_at',
      '[5]: has no title at /title',
      '[6]: starts_at must be a time such as 2026-01-31T10:00:00Z or epoch seconds, at /starts_at',
    ]);
  });

  it('are refused where there is nothing at their place', () => {
    expect(() => readJsonAlerts({}, mapping({ items: '/hits' }))).toThrow(InvalidEvent);
  });

  it('are read or named as wrong, whatever JSON stands there', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(DEFAULT_MAPPING)),
        fc.jsonValue({ maxDepth: 3 }),
        (name, value) => {
          const { keyed, faults } = readJsonAlerts({ title: 't', [name]: value }, DEFAULT_MAPPING);
          expect(keyed.length + faults.length).toBe(1);
        },
      ),
    );
  });
});

describe('a change in JSON', () => {
  it('is told by whoever brings it where it does not tell itself', () => {
    const fallback = { source: 'ci', service: 'web', summary: 'deployed', atMs: 7 };
    expect(readJsonChange({}, DEFAULT_MAPPING, fallback)).toEqual({
      ...fallback,
      settleSeconds: null,
      details: {},
    });
    expect(
      readJsonChange(
        { summary: 's', service: 'api', starts_at: '2026-01-31', settle_seconds: 60 },
        DEFAULT_MAPPING,
        fallback,
      ),
    ).toEqual({
      source: 'ci',
      service: 'api',
      summary: 's',
      atMs: Date.parse('2026-01-31'),
      settleSeconds: 60,
      details: { summary: 's', service: 'api', starts_at: '2026-01-31', settle_seconds: 60 },
    });
  });
});

describe('a mapping', () => {
  it('is without fault where each place is a pointer', () => {
    expect(mappingFaults({ ...DEFAULT_MAPPING })).toEqual([]);
    expect(mappingFaults({})).toEqual([]);
    expect(mappingFaults({ labels: { host: '/h' }, annotations: '/a', types: { 'a.*': 'change' } })).toEqual(
      [],
    );
  });

  it.each([
    [{ title: '$.title' }, 'mapping.title must be a JSON pointer such as /alert/title'],
    [{ title: '{{ body.title }}' }, 'mapping.title must be a JSON pointer such as /alert/title'],
    [
      { labels: { a: 'b' } },
      'mapping.labels must be a JSON pointer such as /alert/title, or an object of them',
    ],
    [{ labels: [] }, 'mapping.labels must be a JSON pointer such as /alert/title, or an object of them'],
    [{ severity_words: { a: 1 } }, 'mapping.severity_words must be an object of at most 64 short texts'],
    [{ fixed_labels: 'x' }, 'mapping.fixed_labels must be an object of at most 64 short texts'],
    [{ resolved_words: 'ok' }, 'mapping.resolved_words must be a list of at most 64 short texts'],
    [{ types: { a: 'metric' } }, 'mapping.types must say alert or change of each type'],
    [{ types: [] }, 'mapping.types must say alert or change of each type'],
    [{ script: 'x' }, 'mapping.script is not a part of a mapping'],
  ])('%j is at fault', (written, fault) => {
    expect(mappingFaults(written)).toEqual([fault]);
  });

  it('gives an event the meaning of its type: the exact name, then the longest beginning, then none', () => {
    const types = { 'ci.*': 'change', 'ci.deploy.*': 'alert', 'ci.deploy.done': 'change' } as const;
    expect(
      ['ci.deploy.done', 'ci.deploy.failed', 'ci.build', 'toString'].map((type) =>
        meaningOf(type, { types }),
      ),
    ).toEqual(['change', 'alert', 'change', null]);
    expect(meaningOf('anything', DEFAULT_MAPPING)).toBe('alert');
  });
});
