import fc from 'fast-check';

import { logScale } from './log-scale';

describe('the log-like scale', () => {
  it('is the inverse hyperbolic sine up to rounding', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e200, max: 1e200, noNaN: true }), (ratio) => {
        expect(Math.abs(logScale(ratio) - Math.asinh(ratio))).toBeLessThanOrEqual(
          1e-12 * Math.max(1, Math.abs(Math.asinh(ratio))),
        );
      }),
    );
  });

  it.each([Infinity, -Infinity, 1e308, -1e308])('stays finite and keeps the sign for %p', (ratio) => {
    expect(Number.isFinite(logScale(ratio))).toBe(true);
    expect(Math.sign(logScale(ratio))).toBe(Math.sign(ratio));
  });
});
