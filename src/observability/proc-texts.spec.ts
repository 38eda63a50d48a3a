import { parseCpuTimes, parseMemoryUsagePercent, parseNetworkTotals, usedPercent } from './proc-texts';

describe('parseCpuTimes', () => {
  it.each<[string, string, { idle: number; total: number } | null]>([
    [
      'all ten columns, guests not counted twice',
      'cpu  10 1 5 80 4 2 3 5 7 7\ncpu0 1 1 1 1\n',
      { idle: 84, total: 110 },
    ],
    ['an old kernel with four columns', 'cpu 10 0 10 80\n', { idle: 80, total: 100 }],
    ['a first line that is not cpu', 'intr 5\ncpu  1 1 1 7 0\n', { idle: 7, total: 10 }],
    ['single processors only', 'cpu0 1 1 1 1\n', null],
    ['nothing', '', null],
    ['too few columns', 'cpu  1 2\n', null],
  ])('reads %s', (_, text, times) => {
    expect(parseCpuTimes(text)).toEqual(times);
  });
});

describe('parseMemoryUsagePercent', () => {
  it.each<[string, string, number | null]>([
    [
      'what is available, not what is free',
      'MemTotal:  8000 kB\nMemFree:  100 kB\nMemAvailable:   6000 kB\n',
      25,
    ],
    ['a kernel without MemAvailable', 'MemTotal: 8000 kB\nMemFree: 100 kB\n', null],
    ['a total of 0', 'MemTotal: 0 kB\nMemAvailable: 0 kB\n', null],
    ['nothing', '', null],
  ])('reads %s', (_, text, percent) => {
    expect(parseMemoryUsagePercent(text)).toBe(percent);
  });
});

describe('parseNetworkTotals', () => {
  const header = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`;
  it.each<[string, string, { receivedBytes: number; sentBytes: number } | null]>([
    [
      'every interface but the loopback',
      `${header}    lo: 999 1 0 0 0 0 0 0 999 1 0 0 0 0 0 0\n  eth0: 100 1 0 0 0 0 0 0 50 1 0 0 0 0 0 0\n wlan0:7 1 0 0 0 0 0 0 3 1 0 0 0 0 0 0\n`,
      { receivedBytes: 107, sentBytes: 53 },
    ],
    ['a loopback alone', `${header}    lo: 999 1 0 0 0 0 0 0 999 1 0 0 0 0 0 0\n`, null],
    ['nothing', '', null],
  ])('adds up %s', (_, text, totals) => {
    expect(parseNetworkTotals(text)).toEqual(totals);
  });
});

describe('usedPercent', () => {
  it.each([
    [1, 4, 25],
    [-1, 4, 0],
    [5, 4, 100],
    [1, 0, null],
    [1, NaN, null],
  ])('of %d in %d is %p', (used, whole, percent) => {
    expect(usedPercent(used, whole)).toBe(percent);
  });
});
