import { groupAlerts, type IncomingAlert } from './alert-group';

const FIRST = Date.parse('2026-01-31T10:00:00Z');

function alert(identity: string, signal: Partial<IncomingAlert['signal']> = {}): IncomingAlert {
  return {
    identity,
    fingerprint: identity,
    origin: { source: 'test', integrationId: null },
    toldCount: 1,
    signal: {
      labels: { alertname: identity },
      annotations: {},
      status: 'firing',
      startsAtMs: FIRST,
      endsAtMs: null,
      generatorUrl: null,
      values: null,
      ...signal,
    },
  };
}

describe('signals that wait together', () => {
  it('of different alerts are one group', () => {
    expect(groupAlerts([alert('a'), alert('b')])).toEqual([[alert('a'), alert('b')]]);
    expect(groupAlerts([])).toEqual([]);
  });

  it('of one alert are joined where they say the same: the earlier start, the later end, what was said last', () => {
    const [group, ...others] = groupAlerts([
      alert('a', { annotations: { summary: 'old' }, endsAtMs: FIRST + 60, generatorUrl: 'http://a' }),
      alert('a', { startsAtMs: FIRST - 5, endsAtMs: FIRST + 90, values: { A: 1 } }),
    ]);
    expect(others).toEqual([]);
    expect(group).toHaveLength(1);
    expect(group[0].toldCount).toBe(2);
    expect(group[0].signal).toMatchObject({
      annotations: { summary: 'old' },
      startsAtMs: FIRST - 5,
      endsAtMs: FIRST + 90,
      generatorUrl: 'http://a',
      values: { A: 1 },
    });
  });

  it('of one alert follow each other where the later says something else', () => {
    const [fires, ends] = [alert('a'), alert('a', { status: 'resolved', endsAtMs: FIRST + 10 })];
    expect(groupAlerts([fires, ends, alert('b'), fires])).toEqual([[fires, alert('b')], [ends], [fires]]);
  });

  it('keep an end that moved back, which may have passed', () => {
    const [later, earlier] = [alert('a', { endsAtMs: FIRST + 90 }), alert('a', { endsAtMs: FIRST })];
    expect(groupAlerts([later, earlier])).toEqual([[later], [earlier]]);
  });
});
