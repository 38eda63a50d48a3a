import { pauseMs } from './breaker';

describe('the breaker of an endpoint', () => {
  it.each([
    [0, 0],
    [4, 0],
    [5, 30_000],
    [6, 60_000],
    [9, 480_000],
    [10, 900_000],
    [1_000_000, 900_000],
  ])('after %i failures in a row pauses for %i ms', (failures, pause) => {
    expect(pauseMs(failures)).toBe(pause);
  });
});
