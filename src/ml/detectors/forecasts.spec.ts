import { Forecasts } from './forecasts';
import { STATE_BYTES } from './state-layout';

const HOUR = 3_600_000;

function forecasts(): Forecasts {
  const made = new Forecasts(new Float64Array(STATE_BYTES >> 3));
  made.clear();
  return made;
}

describe('forecasts', () => {
  it('start with the first value and follow, one slowly, one fast', () => {
    const made = forecasts();
    made.predict(0);
    made.begin(10);
    made.learn(10);
    for (let i = 1; i < 300; i++) {
      made.predict(i);
      made.learn(i < 200 ? 10 : 20);
    }
    expect(made.fastMean).toBeCloseTo(20, 2);
    expect(made.slowMean).toBeGreaterThan(14);
    expect(made.slowMean).toBeLessThan(18);
  });

  it('forecast the previous value until an hour has been seen three times', () => {
    const made = forecasts();
    made.predict(0);
    made.begin(1);
    made.learn(1);
    for (const x of [2, 3]) {
      made.predict(0);
      made.learn(x);
      expect(made.previous).toBe(x);
    }
    made.predict(12 * HOUR);
    expect(made.seasonal).toBe(3);
  });

  it.each([
    { era: 'after 1970', shift: 0 },
    { era: 'before 1970', shift: -400 * 24 * HOUR },
  ])('know the hour of the day $era', ({ shift }) => {
    const made = forecasts();
    made.predict(shift);
    made.begin(0);
    for (let hour = 0; hour < 24 * 28; hour++) {
      made.predict(shift + hour * HOUR);
      made.learn(hour % 24 === 3 ? 50 : 5);
    }
    made.predict(shift + (24 * 28 + 3) * HOUR);
    expect(made.seasonal).toBeCloseTo(50, 0);
    expect(made.seasonalIsBetter).toBe(true);
  });
});
