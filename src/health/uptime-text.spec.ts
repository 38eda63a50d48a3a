import { uptimeText } from './uptime-text';

describe('uptimeText', () => {
  it.each([
    [0, '0s'],
    [-3, '0s'],
    [0.9, '0s'],
    [59.99, '59s'],
    [60, '1m 0s'],
    [3_600, '1h 0m 0s'],
    [86_399, '23h 59m 59s'],
    [93_784.9, '1d 2h 3m 4s'],
    [400 * 86_400, '400d 0h 0m 0s'],
  ])('says %d seconds as %s', (seconds, text) => {
    expect(uptimeText(seconds)).toBe(text);
  });
});
