import { type AnomalyClass, anomalyClassOf, type ClassifiedAnomaly, readAnomalyClass } from './anomaly-class';

const anomaly: ClassifiedAnomaly = { source: 'manual', metric: null, labels: null, alertIdentity: null };
const usual = { name: 'rss_bytes', usual_lower: 2, usual_upper: 5 };

describe('the class of an anomaly', () => {
  it.each<[string, Partial<ClassifiedAnomaly>, string]>([
    ['above its usual range', { metric: { ...usual, peak_value: 9 } }, 'metric:rss_bytes:high'],
    ['below its usual range', { metric: { ...usual, peak_value: 1 } }, 'metric:rss_bytes:low'],
    ['inside it, of a strange shape', { metric: { ...usual, peak_value: 3 } }, 'metric:rss_bytes:shaped'],
    ['without a range', { metric: { name: 'rss_bytes', peak_value: null } }, 'metric:rss_bytes:shaped'],
    ['of an alert', { labels: { alertname: 'HighLoad' }, alertIdentity: 'a' }, 'alert:HighLoad'],
    ['of an alert without a name', { labels: {}, alertIdentity: 'a', source: 'grafana' }, 'source:grafana'],
    [
      'that somebody reported, whatever labels it has',
      { labels: { alertname: 'HighLoad' } },
      'source:manual',
    ],
  ])('%s', (_, of, expected) => {
    expect(anomalyClassOf({ ...anomaly, ...of })).toBe(expected);
  });
});

describe('a class, taken apart,', () => {
  it.each<[string, AnomalyClass | null]>([
    ['metric:rss_bytes:high', { kind: 'metric', name: 'rss_bytes', direction: 'high' }],
    ['metric:job:rss:rate5m:low', { kind: 'metric', name: 'job:rss:rate5m', direction: 'low' }],
    ['metric::shaped', { kind: 'metric', name: '', direction: 'shaped' }],
    ['alert:High: load', { kind: 'alert', name: 'High: load' }],
    ['source:manual', null],
    ['metric:rss_bytes:sideways', null],
    ['metric:high', null],
    ['', null],
  ])('%s', (anomalyClass, parts) => {
    expect(readAnomalyClass(anomalyClass)).toEqual(parts);
  });
});
