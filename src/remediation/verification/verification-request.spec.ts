import { readVerification, statedVerification } from './verification-request';

const least = { op: '<', threshold: 0.3 };

describe('what is declared to show that an action has helped', () => {
  it('is about the series of the anomaly where it names nothing else', () => {
    expect(readVerification(least, 'verify')).toEqual({
      terms: {
        query: null,
        sameLabels: [],
        op: '<',
        threshold: 0.3,
        forSeconds: 60,
        timeoutSeconds: 600,
        rollBack: 'made_worse',
      },
    });
  });

  it('takes a series for its latest values, the worst of which counts', () => {
    const read = (op: string) =>
      readVerification({ ...least, op, series: 'up{job="api"}', for: 30 }, 'verify');
    const query = { selector: 'up{job="api"}', function: 'last', stepSeconds: 3 };
    expect(read('<')).toMatchObject({ terms: { query: { ...query, across: 'max' } } });
    expect(read('>=')).toMatchObject({ terms: { query: { ...query, across: 'min' } } });
  });

  it('is told as it was declared', () => {
    const declared = {
      query: { selector: 'errors_total', function: 'rate', step_seconds: 15, across: 'sum' },
      same_labels: ['service'],
      op: '<=',
      threshold: 2,
      for: 120,
      timeout: 900,
      roll_back: 'no_effect',
    };
    const reading = readVerification(declared, 'verify');
    expect('terms' in reading && statedVerification(reading.terms)).toEqual(declared);
  });

  it.each<[unknown, string]>([
    ['up', 'verify must be an object'],
    [{ threshold: 1 }, 'Missing required field: verify.op'],
    [{ op: '<' }, 'Missing required field: verify.threshold'],
    [{ ...least, op: '=' }, 'Invalid verify.op. Must be one of: <, <=, >, >='],
    [{ ...least, threshold: '1' }, 'verify.threshold must be a number'],
    [{ ...least, for: -1 }, 'verify.for must be an integer between 0 and 86400'],
    [{ ...least, timeout: 0 }, 'verify.timeout must be an integer between 1 and 604800'],
    [{ ...least, for: 60, timeout: 30 }, 'verify.timeout must not be shorter than verify.for'],
    [
      { ...least, roll_back: 'always' },
      'Invalid verify.roll_back. Must be one of: never, made_worse, no_effect',
    ],
    [{ ...least, same_labels: 'job' }, 'verify.same_labels must be a list of at most 10 names of labels'],
    [{ ...least, series: 'up', query: { selector: 'up' } }, 'verify takes either series or query'],
    [{ ...least, series: 7 }, 'verify.series must be a selector such as up{job="api"}'],
    [{ ...least, query: {} }, 'verify.query.selector must be a selector such as up{job="api"}'],
    [
      { ...least, query: { selector: 'up', function: 'p99' } },
      'Invalid verify.query.function. Must be one of: last, mean, min, max, rate, increase',
    ],
    [
      { ...least, query: { selector: 'up', step: 5 } },
      'verify.query.step is not known; there are selector, function, step_seconds, across',
    ],
    [
      { ...least, for: 7_200, timeout: 9_000, query: { selector: 'up', step_seconds: 1 } },
      'verify.query.step_seconds is too short for verify.for: at most 2000 steps',
    ],
    [
      { ...least, metric: 'up' },
      'verify.metric is not known; there are series, query, same_labels, op, threshold, for, timeout, roll_back',
    ],
  ])('refuses %j', (declared, problem) => {
    expect(readVerification(declared, 'verify')).toEqual({ problem });
  });
});
