import { instantOf, instantsShowing, isTimeZone } from './local-time';

const local = (text: string): number => Date.parse(`${text}Z`);
const BERLIN = 'Europe/Berlin';

describe('the clock of a time zone', () => {
  it.each([
    ['Europe/Berlin', true],
    ['UTC', true],
    ['Europe/Atlantis', false],
    ['+02:00', false],
    ['', false],
  ])('knows the zone %s: %s', (name, isKnown) => {
    expect(isTimeZone(name)).toBe(isKnown);
  });

  it('shows a time once, twice in autumn, and not at all where it is put forward in spring', () => {
    const shown = (text: string) =>
      instantsShowing(BERLIN, local(text)).map((instant) => new Date(instant).toISOString());
    expect(shown('2026-07-01T02:30:00')).toEqual(['2026-07-01T00:30:00.000Z']);
    expect(shown('2026-10-25T02:30:00')).toEqual(['2026-10-25T00:30:00.000Z', '2026-10-25T01:30:00.000Z']);
    expect(shown('2026-03-29T02:30:00')).toEqual([]);
  });

  it('has what it skips as much later as was skipped', () => {
    expect(new Date(instantOf(BERLIN, local('2026-03-29T02:30:00'))).toISOString()).toBe(
      '2026-03-29T01:30:00.000Z',
    );
  });
});
