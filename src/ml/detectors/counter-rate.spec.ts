import fc from 'fast-check';

import { CounterRate } from './counter-rate';

describe('the rate of a counter', () => {
  it.each([
    {
      story: 'grows',
      readings: [
        [0, 10],
        [10, 40],
        [15, 40],
      ],
      rates: [NaN, 3, 0],
    },
    {
      story: 'is reset',
      readings: [
        [0, 10],
        [10, 40],
        [20, 5],
        [30, 25],
      ],
      rates: [NaN, 3, NaN, 2],
    },
    {
      story: 'misses a reading',
      readings: [
        [0, 10],
        [10, NaN],
        [20, 50],
      ],
      rates: [NaN, NaN, 2],
    },
    {
      story: 'repeats a time',
      readings: [
        [0, 10],
        [0, 20],
        [10, 40],
      ],
      rates: [NaN, NaN, 3],
    },
    {
      story: 'steps back in time',
      readings: [
        [10, 10],
        [5, 20],
        [20, 40],
      ],
      rates: [NaN, NaN, 3],
    },
  ])('that $story is $rates', ({ readings, rates }) => {
    const rate = new CounterRate();
    expect(readings.map(([second, total]) => rate.perSecond(second * 1000, total))).toEqual(rates);
  });

  it('is never negative, and continues after a restore as if nothing had happened', () => {
    const reading = fc.tuple(fc.integer({ min: 0, max: 100 }), fc.double({ min: 0, max: 1e9 }));
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 30 }), fc.nat(30), (readings, cut) => {
        const whole = new CounterRate();
        let cutOne = new CounterRate();
        readings.forEach(([second, total], i) => {
          if (i === cut) cutOne = CounterRate.restore(cutOne.save());
          const rate = whole.perSecond(second * 1000, total);
          expect(cutOne.perSecond(second * 1000, total)).toBe(rate);
          expect(rate < 0).toBe(false);
        });
      }),
    );
  });
});
