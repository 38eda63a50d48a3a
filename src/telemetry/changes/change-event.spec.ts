import { readSettleSeconds } from './change-event';

describe('the time that a change takes to settle', () => {
  it.each([
    [0, 0],
    [600, 600],
    [86_400, 86_400],
    [86_401, null],
    [-1, null],
    [1.5, null],
    ['600', null],
    [undefined, null],
    [{}, null],
  ])('told as %j is %j', (told, seconds) => {
    expect(readSettleSeconds(told)).toBe(seconds);
  });
});
