import { DEFAULT_SETTINGS } from './detector.types';
import { decodeState, encodeState } from './detector-state';
import { Noise } from './fixtures/noise';
import { LightDetector, LightDetectorPool } from './light-detector';

const SECOND = 1_000;

describe('the light tier', () => {
  const ordinary = new Noise(21).normals(5_000, 50, 2);

  it('is quiet in noise', () => {
    const detector = new LightDetector(DEFAULT_SETTINGS);
    const alarms = ordinary.filter((x, i) => detector.score(i * SECOND, x).alarm);
    expect(alarms.length).toBeLessThanOrEqual(5);
  });

  it.each([
    { what: 'a spike', change: () => 80, within: 1 },
    { what: 'a shift of three deviations', change: (x: number) => x + 6, within: 40 },
    { what: 'a fall of three deviations', change: (x: number) => x - 6, within: 40 },
  ])('finds $what within $within points', ({ change, within }) => {
    const detector = new LightDetector(DEFAULT_SETTINGS);
    const values = [...ordinary.slice(0, 400), ...ordinary.slice(400, 400 + within).map(change)];
    const alarms = values.flatMap((x, i) => (detector.score(i * SECOND, x).alarm ? [i] : []));
    expect(alarms.filter((i) => i >= 400).length).toBe(1);
  });

  it('never alarms on a constant, and at once when it is left', () => {
    const detector = new LightDetector(DEFAULT_SETTINGS);
    for (let i = 0; i < 300; i++) expect(detector.score(i * SECOND, 0.1).alarm).toBe(false);
    expect(detector.score(300 * SECOND, 5).alarm).toBe(true);
  });

  it('keeps its 96 bytes a series, and they continue bit for bit', () => {
    const whole = new LightDetector(DEFAULT_SETTINGS);
    ordinary.slice(0, 250).forEach((x, i) => whole.score(i * SECOND, x));
    const state = whole.save();
    expect(state.numbers.length).toBe(96);
    const resumed = LightDetector.restore(decodeState(encodeState(state)));
    ordinary.slice(250, 500).forEach((x, i) => {
      const expected = { ...whole.score((250 + i) * SECOND, x) };
      expect({ ...resumed.score((250 + i) * SECOND, x) }).toEqual(expected);
    });
  });

  it('keeps the series of a pool apart', () => {
    const pool = new LightDetectorPool(2, 'normal');
    const alone = new LightDetector(DEFAULT_SETTINGS);
    ordinary.slice(0, 300).forEach((x, i) => {
      pool.score(0, i * SECOND, 1e6 * x);
      const expected = { ...alone.score(i * SECOND, x) };
      expect({ ...pool.score(1, i * SECOND, x) }).toEqual(expected);
    });
    pool.forget(1);
    expect(pool.readiness(1)).toMatchObject({ ready: false, have: 0, tier: 'light' });
    expect(pool.readiness(0).ready).toBe(true);
  });

  it.each([NaN, Infinity])('takes %p for a missing point', (missing) => {
    const detector = new LightDetector(DEFAULT_SETTINGS);
    ordinary.slice(0, 130).forEach((x, i) => detector.score(i * SECOND, x));
    expect(detector.score(130 * SECOND, missing)).toMatchObject({ score: 0, alarm: false, confidence: 0 });
    expect(detector.readiness().have).toBe(130);
  });

  it('stays within 0 and 1 for huge and tiny values', () => {
    const detector = new LightDetector(DEFAULT_SETTINGS);
    for (let i = 0; i < 600; i++) {
      const point = detector.score(i * SECOND, i % 100 === 99 ? 1e308 : i % 3 === 0 ? 5e-324 : -1e-300);
      expect(point.score >= 0 && point.score <= 1).toBe(true);
      expect(Number.isFinite(point.surprise)).toBe(true);
    }
  });
});
