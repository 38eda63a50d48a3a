import { isLostConflict } from './lost-conflict';

const failing = (code: string): Error => Object.assign(new Error('no'), { code });

describe('a lost conflict', () => {
  it.each(['40P01', '40001'])('is what Postgres calls %s, also where another error wraps it', (code) => {
    expect(isLostConflict(failing(code))).toBe(true);
    expect(isLostConflict(new Error('outer', { cause: failing(code) }))).toBe(true);
    expect(isLostConflict(Object.assign(new Error('driver'), { driverError: failing(code) }))).toBe(true);
  });

  it.each([failing('23505'), failing('57014'), new Error('40P01'), null, '40P01'])('is not %p', (error) => {
    expect(isLostConflict(error)).toBe(false);
  });
});
