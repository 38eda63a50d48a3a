import { earliest, isAfter } from './batch-position';

const at = (xact: string, id: number) => ({ xact, id });

describe('a place in the commit order', () => {
  it.each([
    [at('10', 1), at('9', 7), true],
    [at('9', 7), at('10', 1), false],
    [at('9', 8), at('9', 7), true],
    [at('9', 7), at('9', 7), false],
    // Past what a number holds exactly.
    [at('18446744073709551615', 1), at('18446744073709551614', 1), true],
  ])('%j after %j: %s', (place, other, answer) => {
    expect(isAfter(place, other)).toBe(answer);
  });

  it('is the earliest of several', () => {
    expect(earliest([at('10', 1), at('9', 7), at('9', 8)])).toEqual(at('9', 7));
    expect(earliest([])).toBeNull();
  });
});
