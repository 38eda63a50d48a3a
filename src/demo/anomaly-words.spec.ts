import { durationText, evidenceText } from './anomaly-words';
import { MetricEvidence } from './product-answers';

const METRIC = {
  name: 'response_seconds',
  labels: { job: 'orders', quantile: '0.95' },
  value: 0.262,
  usual_lower: 0.0051,
  usual_upper: 0.0094,
} as unknown as MetricEvidence;

describe('an anomaly in words', () => {
  it('says what was seen, and what is usual', () => {
    expect(evidenceText({ metric: METRIC })).toBe(
      'response_seconds{quantile="0.95"} 262 ms, usually 5.1 ms to 9.4 ms',
    );
  });

  it('says nothing of one that somebody reported by hand', () => {
    expect(evidenceText({ metric: null })).toBe('');
  });
});

describe('a duration', () => {
  it.each([
    [0.2, '0 s'],
    [8.4, '8 s'],
    [59.6, '1 min'],
    [367.2, '6 min 7 s'],
    [12_600, '3 h 30 min'],
    [86_461, '1 d'],
    [190_000, '2 d 4 h'],
  ])('of %d seconds is %s', (seconds, words) => {
    expect(durationText(seconds)).toBe(words);
  });
});
