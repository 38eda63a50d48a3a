import { InvalidInput } from '../../common/errors/domain-error';
import { SeriesSamples } from './chunk-codec';
import {
  mostPoints,
  PointsView,
  RangeView,
  readingRange,
  readTimeRange,
  readView,
  viewSamples,
} from './range-view';

const NOW_MS = Date.parse('2026-01-31T10:00:00Z');
const range = { fromMs: 0, toMs: 100_000 };

describe('readTimeRange', () => {
  it.each([
    ['the last hour, this millisecond included', {}, NOW_MS - 3_599_999, NOW_MS + 1],
    ['from a time on', { from: '2026-01-31T09:59:00Z' }, NOW_MS - 60_000, NOW_MS + 1],
    ['the hour before a time', { to: '2026-01-31T09:00:00Z' }, NOW_MS - 7_200_000, NOW_MS - 3_600_000],
    ['between two times', { from: '2026-01-31', to: '2026-01-31T10:00:00Z' }, NOW_MS - 36_000_000, NOW_MS],
  ])('is %s', (_, asked, fromMs, toMs) => {
    expect(readTimeRange(asked, NOW_MS)).toEqual({ fromMs, toMs });
  });

  it.each([
    ['ends where it begins', { from: '2026-01-31', to: '2026-01-31' }],
    ['ends before it begins', { from: '2026-01-31', to: '2026-01-30' }],
    ['begins in the future', { from: '2026-02-01' }],
  ])('refuses one that %s', (_, asked) => {
    expect(() => readTimeRange(asked, NOW_MS)).toThrow(InvalidInput);
  });
});

describe('readView', () => {
  it.each<[object, RangeView]>([
    [{}, { kind: 'samples' }],
    [{ step: 10 }, { kind: 'buckets', stepMs: 10_000 }],
    [
      { step: 10, aggregate: 'max' },
      { kind: 'aggregate', stepMs: 10_000, aggregate: 'max' },
    ],
    [
      { step: 10, function: 'rate' },
      { kind: 'counter', stepMs: 10_000, counter: 'rate' },
    ],
    [{ points: 30 }, { kind: 'plot', points: 30 }],
  ])('of %j is %j', (asked, view) => {
    expect(readView(asked, range)).toEqual(view);
  });

  it.each<[object, string]>([
    [{ aggregate: 'max' }, 'aggregate needs a step'],
    [{ function: 'rate' }, 'function needs a step'],
    [{ step: 1, aggregate: 'max', function: 'rate' }, 'exclude each other'],
    [{ points: 30, step: 1 }, 'leave step, aggregate and function out'],
    [{ points: 30, aggregate: 'max' }, 'leave step, aggregate and function out'],
  ])('refuses %j', (asked, reason) => {
    expect(() => readView(asked, range)).toThrow(reason);
  });

  it('refuses more steps than an answer shows', () => {
    const hours = (count: number) => ({ fromMs: 0, toMs: count * 3_600_000 });
    expect(readView({ step: 1 }, hours(3))).toEqual({ kind: 'buckets', stepMs: 1_000 });
    expect(() => readView({ step: 1 }, hours(4))).toThrow('at most 11000 buckets');
  });
});

describe('viewSamples', () => {
  const samples: SeriesSamples = {
    timesMs: Float64Array.of(-5_000, 5_000, 15_000, 75_000),
    values: Float64Array.of(10, 20, 40, 50),
  };
  const counter = (name: 'rate' | 'increase', step: number): PointsView => ({
    kind: 'counter',
    stepMs: step * 1_000,
    counter: name,
  });

  it.each<[string, PointsView, [number, number][]]>([
    [
      'one number a step',
      { kind: 'aggregate', stepMs: 50_000, aggregate: 'sum' },
      [
        [0, 60],
        [50_000, 50],
      ],
    ],
    [
      'a counter’s increases',
      counter('increase', 50),
      [
        [0, 30],
        [50_000, 10],
      ],
    ],
    [
      'a counter’s rates a second, over the time between the samples',
      counter('rate', 50),
      [
        [0, 1.5],
        [50_000, 10 / 60],
      ],
    ],
  ])('gives %s', (_, view, expected) => {
    const { timesMs, values } = viewSamples(samples, view, range);
    expect([...timesMs].map((timeMs, i) => [timeMs, values[i]])).toEqual(expected);
  });

  it('gives samples as stored', () => {
    expect(viewSamples(samples, { kind: 'samples' }, range)).toBe(samples);
  });

  it('never has more points than announced', () => {
    const views: PointsView[] = [
      { kind: 'aggregate', stepMs: 30_000, aggregate: 'last' },
      counter('rate', 30),
      { kind: 'plot', points: 3 },
    ];
    for (const view of views)
      expect(viewSamples(samples, view, range).timesMs.length).toBeLessThanOrEqual(mostPoints(view, range));
    expect(views.map((view) => mostPoints(view, range))).toEqual([4, 4, 3]);
  });

  it('reads further back for a counter, whose first step grows from an earlier sample', () => {
    expect(readingRange(counter('rate', 30), range)).toEqual({ fromMs: -300_000, toMs: 100_000 });
    expect(readingRange({ kind: 'samples' }, range)).toEqual(range);
  });
});
