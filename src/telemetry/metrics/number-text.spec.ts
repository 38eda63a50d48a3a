import fc from 'fast-check';

import { readDecimalNumber } from './number-text';

describe('readDecimalNumber', () => {
  it('reads back every finite number that JavaScript writes', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(readDecimalNumber(String(value)) + 0).toBe(value + 0);
      }),
    );
  });

  it.each([
    ['1', 1],
    ['+1', 1],
    ['-.5', -0.5],
    ['5.', 5],
    ['1.5E-3', 0.0015],
    ['1e400', Infinity],
  ])('reads %s', (text, value) => {
    expect(readDecimalNumber(text)).toBe(value);
  });

  it.each(['', ' ', '.', '-', 'e5', '1e', '1.2.3', '--1', '0x10', '1_000', 'Infinity', 'NaN', '1 ', '１'])(
    'sees no number in %j',
    (text) => {
      expect(readDecimalNumber(text)).toBeNaN();
    },
  );
});
