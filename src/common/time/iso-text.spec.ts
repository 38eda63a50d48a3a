import fc from 'fast-check';

import { isoText } from './iso-text';

describe('the text of an instant', () => {
  it('is what the engine writes, for any instant', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (instant) => {
        expect(isoText(instant)).toBe(instant.toISOString());
      }),
    );
  });

  it.each([
    '2026-01-31T23:59:59.999Z',
    '2026-02-01T00:00:00.000Z',
    '1969-12-31T23:59:59.001Z',
    '+012026-01-31T10:00:00.007Z',
  ])('is %s again', (text) => {
    expect(isoText(new Date(text))).toBe(text);
  });

  it('does not exist for no instant', () => {
    expect(() => isoText(new Date(NaN))).toThrow(RangeError);
  });
});
