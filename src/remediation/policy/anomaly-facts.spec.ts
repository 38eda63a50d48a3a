import { factsOf, factsOfDescribed } from './anomaly-facts';

describe('what rules look at of an anomaly', () => {
  it('on record is what was measured, with its series by its name', () => {
    expect(
      factsOf({
        id: 3,
        severity: 'high',
        source: 'ml_model',
        labels: { service: 'checkout' },
        metric: { name: 'cpu_usage_avg', series: 'cpu_usage_avg{service="checkout"}', value: 97 },
        metricsData: { disk_usage_pct: 91, note: 'text', nested: { a: 1 }, gone: null },
      }),
    ).toEqual({
      id: 3,
      severity: 'high',
      source: 'ml_model',
      series: 'cpu_usage_avg',
      labels: { service: 'checkout' },
      metrics: { cpu_usage_avg: 97, disk_usage_pct: 91 },
    });
  });

  it('without series, labels or numbers is empty', () => {
    const bare = {
      id: 4,
      severity: 'low',
      source: 'manual',
      labels: null,
      metric: null,
      metricsData: null,
    } as const;
    expect(factsOf(bare)).toMatchObject({ series: null, labels: {}, metrics: {} });
  });

  it.each<[object, object]>([
    [{ anomaly_score: 0.95 }, { severity: 'critical' }],
    [{ anomaly_score: 0.1 }, { severity: 'normal' }],
    [{ anomaly_score: 0 }, { severity: 'normal' }],
    [{ severity: 'low', anomaly_score: 0.95 }, { severity: 'low' }],
    [
      { severity: 'high', metrics: { cpu_usage_avg: 91 }, source: 'x', series: 'up', labels: { a: 'b' } },
      { source: 'x', series: 'up', labels: { a: 'b' }, metrics: { cpu_usage_avg: 91 } },
    ],
    [
      { severity: 'high', metrics: null, labels: null },
      { metrics: {}, labels: {}, id: null },
    ],
  ])('described as %j is %j', (described, facts) => {
    expect(factsOfDescribed(described)).toMatchObject({ facts });
  });

  it.each<[object, string]>([
    [{}, 'Invalid anomaly data: missing: severity or anomaly_score'],
    [{ severity: '', anomaly_score: null }, 'Invalid anomaly data: missing: severity or anomaly_score'],
    [{ severity: 'fatal' }, 'Invalid severity. Must be one of: low, medium, high, critical'],
    [{ anomaly_score: 2 }, 'anomaly_score must be between 0 and 1'],
    [{ anomaly_score: '0.9' }, 'anomaly_score must be between 0 and 1'],
    [{ severity: 'low', source: 5 }, 'source must be a string of at most 2048 characters'],
    [{ severity: 'low', series: ['up'] }, 'series must be a string of at most 2048 characters'],
    [{ severity: 'low', labels: { a: 1 } }, 'labels must be an object of at most 100 texts'],
    [{ severity: 'low', labels: [] }, 'labels must be an object of at most 100 texts'],
    [{ severity: 'low', metrics: { a: '1' } }, 'metrics must be an object of at most 100 numbers'],
  ])('described as %j is refused: %s', (described, problem) => {
    expect(factsOfDescribed(described)).toEqual({ problem });
  });
});
