import fc from 'fast-check';

import { CALIBRATOR_F32, CALIBRATOR_F64, CALIBRATOR_WARM_UP, CalibratorBank } from './calibrator';
import { Noise } from './fixtures/noise';

/** One calibrator with memory of its own; its value lies at 0 and its surprise at 1. */
class LoneCalibrator {
  private readonly f64: Float64Array;
  readonly bank: CalibratorBank;

  constructor(recordGain: number) {
    const headers = 2;
    const histograms = (headers + CALIBRATOR_F64) * 2;
    const buffer = new ArrayBuffer((histograms + CALIBRATOR_F32) * 4);
    this.f64 = new Float64Array(buffer);
    this.bank = new CalibratorBank(this.f64, new Float32Array(buffer), headers, histograms, [
      { recordGain, inSeriesUnit: true },
    ]);
    this.bank.clear();
  }

  surprise(value: number): number {
    this.f64[0] = value;
    this.bank.judge(0, 1, 1);
    return this.f64[1];
  }
}

function taught(recordGain: number, values: readonly number[]): LoneCalibrator {
  const calibrator = new LoneCalibrator(recordGain);
  for (const value of values) calibrator.surprise(value);
  return calibrator;
}

describe('a calibrator', () => {
  const ordinary = new Noise(1).normals(1000, 0, 1);

  it('says nothing before it has seen 120 values', () => {
    const calibrator = new LoneCalibrator(7);
    const wild = Array.from({ length: CALIBRATOR_WARM_UP }, (_, i) =>
      calibrator.surprise(i === 110 ? 1e6 : i % 7),
    );
    expect(wild.every((surprise) => surprise === 0)).toBe(true);
    expect(calibrator.surprise(-1e9)).toBeGreaterThan(2);
  });

  it.each([
    { gain: 7, value: 0, least: 0, most: 0.1 },
    { gain: 7, value: 2, least: 0.8, most: 2 },
    { gain: 0, value: 50, least: 2.8, most: 3.2 },
    { gain: 7, value: 50, least: 40, most: 60 },
    { gain: 7, value: 1e12, least: 72, most: 74 },
  ])('finds $value after noise between $least and $most decades surprising (gain $gain)', (row) => {
    const surprise = taught(row.gain, ordinary).surprise(row.value);
    expect(surprise).toBeGreaterThanOrEqual(row.least);
    expect(surprise).toBeLessThanOrEqual(row.most);
  });

  it('never finds a value farther out less surprising', () => {
    const distance = fc.double({ min: 0, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(distance, distance, fc.boolean(), (a, b, above) => {
        const side = above ? 1 : -1;
        const near = taught(7, ordinary).surprise(side * Math.min(a, b));
        const far = taught(7, ordinary).surprise(side * Math.max(a, b));
        // Near the middle the nearer tail may change sides: a histogram's two halves are never quite equal.
        expect(far).toBeGreaterThanOrEqual(near - 0.1);
      }),
      { numRuns: 40 },
    );
  });

  it('keeps a constant and a discrete statistic quiet', () => {
    const constant = taught(
      7,
      Array.from({ length: 500 }, () => 0.1),
    );
    expect(constant.surprise(0.1)).toBe(0);
    const discrete = taught(
      7,
      Array.from({ length: 600 }, (_, i) => i % 3),
    );
    for (const value of [0, 1, 2]) expect(discrete.surprise(value)).toBeLessThan(0.3);
  });

  it('takes rounding for no difference', () => {
    const constant = taught(
      7,
      Array.from({ length: 500 }, (_, i) => 100 + (i % 2) * 1e-13),
    );
    expect(constant.surprise(100 + 3e-13)).toBe(0);
  });

  it('forgets a record after three epochs, so that an early spike does not hide later ones for good', () => {
    const values = new Noise(2).normals(15_100, 0, 1);
    values[200] = 1_000;
    const masked = taught(7, values.slice(0, 4_900)).surprise(100);
    const aged = taught(7, values).surprise(100);
    expect(masked).toBeLessThan(5);
    expect(aged).toBeGreaterThan(50);
  });

  it('gives quantiles within the record', () => {
    const { bank } = taught(7, ordinary);
    expect(bank.quantile(0, 0.5)).toBeCloseTo(0, 0);
    expect(bank.quantile(0, 0.0005)).toBeLessThan(-2.5);
    expect(bank.quantile(0, 0.9995)).toBeLessThanOrEqual(Math.max(...ordinary));
    expect(new LoneCalibrator(7).bank.quantile(0, 0.5)).toBeNaN();
  });
});
