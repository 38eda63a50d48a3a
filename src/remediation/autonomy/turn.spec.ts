import { type Sibling, waitsFor } from './turn';

const sibling = (id: number, of: Partial<Sibling> = {}): Sibling => ({
  id,
  status: 'pending',
  outcome: null,
  origin: 'rule',
  rank: null,
  isHidden: false,
  ...of,
});

describe('whose turn it is among what was proposed for one anomaly', () => {
  it.each<[string, Sibling[], string | null]>([
    ['alone', [], null],
    ['with a later one of the same rank', [sibling(9)], null],
    ['with an earlier one of the same rank', [sibling(2)], 'Action 2 comes first'],
    ['with an earlier one that ranks after it', [sibling(2, { rank: 2 })], null],
    ['with a later one of a rank that counts the same', [sibling(9, { rank: 1 })], null],
    ['with a manual one that waits for people', [sibling(2, { origin: 'manual' })], null],
    ['with one that is under way', [sibling(9, { status: 'in_progress' })], 'Action 9 is under way'],
    [
      'with one that undoes something',
      [sibling(9, { origin: 'rollback' })],
      'Action 9 is to undo something first',
    ],
    [
      'after one that is watched still',
      [sibling(2, { status: 'completed' })],
      'It is not known yet whether action 2 helped',
    ],
    ['after one without effect', [sibling(2, { status: 'completed', outcome: 'no_effect' })], null],
    ['after one that failed', [sibling(2, { status: 'failed' })], null],
    [
      'after one whose end nobody knows',
      [sibling(2, { status: 'failed', outcome: 'unknown' })],
      'Nobody knows the end of action 2',
    ],
    [
      'after one that made it worse',
      [sibling(2, { status: 'completed', outcome: 'made_worse' })],
      'Action 2 is made_worse',
    ],
    [
      'after one that helped',
      [sibling(2, { status: 'completed', outcome: 'verified' })],
      'Action 2 is verified',
    ],
    ['after one that was turned down', [sibling(2, { status: 'rejected' })], 'Action 2 was rejected'],
    ['after one that was hidden', [sibling(2, { isHidden: true })], 'People have hidden action 2'],
  ])('%s', (_, others, why) => {
    expect(waitsFor(5, [sibling(5), ...others])).toBe(why);
  });
});
