import fc from 'fast-check';

import { DEFAULT_SETTINGS, PointScore } from './detector.types';
import { decodeState, encodeState } from './detector-state';
import { Noise } from './fixtures/noise';
import { SeriesDetector } from './series-detector';

const MINUTE = 60_000;
const START = Date.UTC(2025, 0, 6);

function run(detector: SeriesDetector, values: readonly number[], from = 0, stepMs = MINUTE): PointScore[] {
  return values.map((value, i) => ({ ...detector.score(START + (from + i) * stepMs, value) }));
}

function alarmsOf(points: readonly PointScore[]): number[] {
  return points.flatMap((point, i) => (point.alarm ? [i] : []));
}

const ordinary = new Noise(11).normals(20_000, 100, 1);

describe('a series detector', () => {
  describe('in noise', () => {
    const points = run(new SeriesDetector(DEFAULT_SETTINGS), ordinary);

    it.each([
      { around: 0, most: 18 },
      { around: 100, most: 26 },
    ])('around $around alarms once per thousand points at most, about', ({ around, most }) => {
      const shifted = ordinary.map((x) => x - 100 + around);
      expect(alarmsOf(run(new SeriesDetector(DEFAULT_SETTINGS), shifted)).length).toBeLessThanOrEqual(most);
    });

    it('keeps about one ordinary point in a thousand outside its band', () => {
      const outside = points.slice(500).filter((point) => point.outside).length / (points.length - 500);
      expect(outside).toBeGreaterThan(0.0002);
      expect(outside).toBeLessThan(0.002);
    });

    it('trusts its ordinary scores less than its alarms', () => {
      const settled = points.slice(5_000);
      const mean = settled.reduce((sum, point) => sum + point.confidence, 0) / settled.length;
      expect(mean).toBeCloseTo(0.5, 1);
      for (const point of settled.filter(({ alarm }) => alarm))
        expect(point.confidence).toBeGreaterThan(0.97);
    });
  });

  it.each([
    { what: 'a spike of 8 units', change: (i: number) => (i === 0 ? 108 : 100), within: 1 },
    { what: 'a flat line', change: () => 100, within: 20 },
    { what: 'a threefold spread', change: (_: number, x: number) => 100 + 3 * (x - 100), within: 25 },
    { what: 'a level shift of 10 deviations', change: (_: number, x: number) => x + 10, within: 1 },
  ])('finds $what within $within points', ({ change, within }) => {
    const detector = new SeriesDetector(DEFAULT_SETTINGS);
    run(detector, ordinary.slice(0, 3_000));
    const changed = ordinary.slice(3_000, 3_000 + within).map((x, i) => change(i, x));
    const found = run(detector, changed, 3_000).some((point) => point.surprise >= point.threshold);
    expect(found).toBe(true);
  });

  it('finds a shift of two deviations far sooner with strict windows than without', () => {
    const delay = (strictWindows: boolean): number => {
      const detector = new SeriesDetector({ preset: 'normal', strictWindows });
      run(detector, ordinary.slice(0, 2_000));
      const shifted = ordinary.slice(2_000, 2_400).map((x) => x + 2);
      return run(detector, shifted, 2_000).findIndex((point) => point.surprise >= point.threshold);
    };
    expect(delay(true)).toBeGreaterThanOrEqual(0);
    expect(delay(true)).toBeLessThan(30);
  });

  it.each([0, 5, 0.1, 1 / 3, 1e6 + 0.1, -273.15, 1e-12])(
    'never alarms on the constant %p, and at once when it is left',
    (constant) => {
      const detector = new SeriesDetector(DEFAULT_SETTINGS);
      const points = run(
        detector,
        Array.from({ length: 1_500 }, () => constant),
      );
      expect(alarmsOf(points)).toEqual([]);
      expect(detector.score(START + 1_500 * MINUTE, constant + 1).alarm).toBe(true);
    },
  );

  it.each([
    { input: 'missing values', value: (i: number) => (i % 5 === 0 ? NaN : i % 7) },
    { input: 'infinite values', value: (i: number) => (i % 50 === 0 ? Infinity : i % 7) },
    { input: 'huge values', value: (i: number) => (i % 2 === 0 ? 1e300 : -1e300) },
    { input: 'the largest numbers there are', value: (i: number) => (i % 9 === 0 ? Number.MAX_VALUE : 0) },
    { input: 'tiny values', value: (i: number) => 5e-324 * (i % 4) },
    { input: 'integers', value: (i: number) => (i * 7) % 11 },
    { input: 'a steady rise', value: (i: number) => i },
    { input: 'one huge value among small ones', value: (i: number) => (i === 400 ? 1e300 : i % 3) },
  ])('scores $input between 0 and 1', ({ value }) => {
    const detector = new SeriesDetector(DEFAULT_SETTINGS);
    const points = run(
      detector,
      Array.from({ length: 1_200 }, (_, i) => value(i)),
    );
    for (const point of points) {
      expect(point.score).toBeGreaterThanOrEqual(0);
      expect(point.score).toBeLessThanOrEqual(1);
      expect(Number.isFinite(point.surprise)).toBe(true);
      expect(Number.isFinite(point.confidence)).toBe(true);
    }
  });

  it('scores any input between 0 and 1, at any times', () => {
    const value = fc.oneof(fc.double(), fc.integer({ min: -5, max: 5 }));
    const sample = fc.tuple(fc.double({ min: -1e13, max: 1e13, noNaN: true }), value);
    fc.assert(
      fc.property(fc.array(sample, { minLength: 130, maxLength: 300 }), (samples) => {
        const detector = new SeriesDetector(DEFAULT_SETTINGS);
        for (const [time, x] of samples) {
          const point = detector.score(time, x);
          expect(point.score >= 0 && point.score <= 1).toBe(true);
          expect(point.confidence >= 0 && point.confidence <= 1).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('does not look ahead: a prefix scores the same whatever follows', () => {
    const prefix = run(new SeriesDetector(DEFAULT_SETTINGS), ordinary.slice(0, 700));
    const longer = run(new SeriesDetector(DEFAULT_SETTINGS), [...ordinary.slice(0, 700), 1e6, -1e6, NaN]);
    expect(longer.slice(0, 700)).toEqual(prefix);
  });

  it('continues bit for bit after being saved at any cut, with gaps and missing values', () => {
    const values = ordinary
      .slice(0, 900)
      .map((x, i) => (i % 97 === 0 ? NaN : i > 600 ? x + 0.05 * (i - 600) : x));
    const time = (i: number): number => START + i * MINUTE + (i > 400 ? 100 * 60 * MINUTE : 0);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: values.length }), (cut) => {
        const whole = new SeriesDetector(DEFAULT_SETTINGS);
        let resumed = new SeriesDetector(DEFAULT_SETTINGS);
        values.forEach((x, i) => {
          if (i === cut) resumed = SeriesDetector.restore(decodeState(encodeState(resumed.save())));
          const expected = { ...whole.score(time(i), x) };
          if (i >= cut) expect({ ...resumed.score(time(i), x) }).toEqual(expected);
          else resumed.score(time(i), x);
        });
        expect(encodeState(resumed.save()).equals(encodeState(whole.save()))).toBe(true);
        expect(resumed.explain()).toEqual(whole.explain());
      }),
      { numRuns: 12 },
    );
  });

  it('learns nothing from a missing value and still gives its forecast', () => {
    const detector = new SeriesDetector(DEFAULT_SETTINGS);
    run(detector, ordinary.slice(0, 300));
    const before = detector.readiness().have;
    const point = detector.score(START + 300 * MINUTE, NaN);
    expect(detector.readiness().have).toBe(before);
    expect(point).toMatchObject({ score: 0, alarm: false, surprise: 0, outside: false });
    expect(point.expected).toBeCloseTo(100, -1);
    expect(point.lower).toBeLessThan(point.expected);
    expect(point.upper).toBeGreaterThan(point.expected);
  });

  it('answers from the first values on, with low confidence and a reason, and never alarms before it is ready', () => {
    const detector = new SeriesDetector(DEFAULT_SETTINGS);
    const points = run(detector, [...ordinary.slice(0, 60), 5_000, ...ordinary.slice(60, 118)]);
    expect(points.some((point) => point.alarm)).toBe(false);
    expect(points.every((point) => point.confidence <= 0.3)).toBe(true);
    expect(points[60].score).toBeGreaterThan(0.45);
    expect(detector.readiness()).toMatchObject({ ready: false, have: 119, need: 120, tier: 'full' });
    expect(detector.readiness().reason).toContain('1 more values');
    run(detector, ordinary.slice(200, 210), 119);
    expect(detector.readiness().ready).toBe(true);
  });

  it('learns the day: a nightly job is a surprise on the first nights only', () => {
    const detector = new SeriesDetector(DEFAULT_SETTINGS);
    const noise = new Noise(5);
    const week = Array.from({ length: 14 * 288 }, (_, i) => (i % 288 < 12 ? 300 : 100) + noise.normal());
    const points = run(detector, week, 0, 5 * MINUTE);
    const lastDays = points.slice(10 * 288);
    expect(lastDays.filter((point) => point.alarm).length).toBeLessThanOrEqual(2);
    expect(points[13 * 288 + 6].expected).toBeGreaterThan(200);
    expect(points[13 * 288 + 150].expected).toBeLessThan(120);
  });

  it.each([
    { from: 'normal', to: 'sensitive', level: 1.8 },
    { from: 'normal', to: 'quiet', level: 2.3 },
  ] as const)('tuned from $from to $to it keeps what it has learnt and decides at another level', (row) => {
    const detector = new SeriesDetector({ preset: row.from, strictWindows: false });
    run(detector, ordinary.slice(0, 500));
    detector.tune({ preset: row.to, strictWindows: false });
    expect(detector.readiness().have).toBe(500);
    const { threshold } = detector.score(START + 500 * MINUTE, 100);
    expect(threshold - detector.explain().habituation).toBeCloseTo(row.level, 10);
    expect(detector.save().settings.preset).toBe(row.to);
  });

  it('explains an alarm by its views and statistics, the most surprising first', () => {
    const detector = new SeriesDetector(DEFAULT_SETTINGS);
    run(detector, ordinary.slice(0, 500));
    const point = { ...detector.score(START + 500 * MINUTE, 140) };
    const explanation = detector.explain();
    expect(explanation).toMatchObject({
      alarm: true,
      score: point.score,
      surprise: point.surprise,
      tier: 'full',
    });
    expect(Math.max(...Object.values(explanation.views))).toBe(point.surprise);
    expect(explanation.statistics[0].surprise).toBeGreaterThanOrEqual(explanation.statistics[1].surprise);
    expect(explanation.intervalSeconds).toBe(60);
  });
});
