import { doubtsAbout, judge, median, spread } from './verdict';

const AT_LEAST = { kind: 'at least', ratio: 0.8 } as const;
const AT_MOST = { kind: 'at most', ratio: 1.2 } as const;

describe('the verdict on a row', () => {
  it.each([
    ['passes where every likely median reaches the goal', AT_LEAST, [0.9, 0.91, 0.92, 0.93, 0.94], 'pass'],
    ['fails where none does', AT_LEAST, [0.5, 0.51, 0.52, 0.53, 0.54], 'fail'],
    ['decides nothing where the rounds disagree', AT_LEAST, [0.5, 0.6, 0.81, 0.9, 1.1], 'inconclusive'],
    ['passes growth below the limit', AT_MOST, [0.98, 1.0, 1.02, 1.05, 1.1], 'pass'],
    ['fails growth above it', AT_MOST, [1.5, 1.6, 1.7, 1.8, 1.9], 'fail'],
  ] as const)('%s', (_, goal, ratios, verdict) => {
    expect(judge(goal, spread(ratios), [])).toBe(verdict);
  });

  it('decides nothing on a machine that did not hold still', () => {
    expect(doubtsAbout([100, 250], [0.2])).toEqual(['the baseline moved by 2.5x between rounds']);
    expect(doubtsAbout([100, 120], [0.1, 0.5])).toEqual(["the disk's sync moved by 5.0x"]);
    expect(judge(AT_LEAST, spread([0.9, 0.9]), ['any'])).toBe('inconclusive');
  });

  it('gives the same interval for the same rounds', () => {
    expect(spread([0.7, 0.9, 0.8])).toEqual(spread([0.7, 0.9, 0.8]));
    expect(spread([0.7, 0.9, 0.8])).toMatchObject({ n: 3, median: 0.8, min: 0.7, max: 0.9 });
  });

  it('takes the middle of an even number of rounds', () => {
    expect(median([3, 1, 2, 10])).toBe(2.5);
  });
});
