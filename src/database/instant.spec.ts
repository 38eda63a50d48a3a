import fc from 'fast-check';

import { readInstant } from './instant';

describe('an instant as PostgreSQL gives it', () => {
  it.each([
    ['2026-01-31 10:00:00+00', '2026-01-31T10:00:00.000Z'],
    ['2026-01-31 10:00:00.5+00', '2026-01-31T10:00:00.500Z'],
    ['2026-01-31 10:00:00.07+00', '2026-01-31T10:00:00.070Z'],
    ['2026-01-31 10:00:00.999999+00', '2026-01-31T10:00:00.999Z'],
    ['1969-12-31 23:59:59.001+00', '1969-12-31T23:59:59.001Z'],
  ])('is read from %s as %s', (text, instant) => {
    expect(readInstant(text)).toEqual(new Date(instant));
  });

  it('is read from any text of a session in UTC', () => {
    const range = { min: new Date('0100-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z') };
    fc.assert(
      fc.property(fc.date({ ...range, noInvalidDate: true }), (instant) => {
        expect(readInstant(instant.toISOString().replace('T', ' ').replace('Z', '+00'))).toEqual(instant);
      }),
    );
  });

  it.each([
    '2026-01-31 10:00:00+05:30',
    '2026-01-31 10:00:00-08',
    '0044-03-15 10:00:00+00 BC',
    '0099-01-31 10:00:00+00',
    '12026-01-31 10:00:00+00',
    'infinity',
    '-infinity',
    '',
  ])('is left to the driver where it is %p', (text) => {
    expect(readInstant(text)).toBeNull();
  });
});
