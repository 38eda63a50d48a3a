import { BEFORE_ALL_TRANSACTIONS, isAfter, PAST_ALL_TRANSACTIONS, snapshotAt } from './transaction-order';

describe('the order of transactions', () => {
  it.each([
    ['10', '9', true],
    ['9', '10', false],
    ['9', '9', false],
    ['9007199254740993', '9007199254740992', true],
    [PAST_ALL_TRANSACTIONS, '9223372036854775808', true],
    ['3', BEFORE_ALL_TRANSACTIONS, true],
  ])('says of %s whether it comes after %s: %s', (xact, other, isLater) => {
    expect(isAfter(xact, other)).toBe(isLater);
  });

  it('writes a snapshot as Postgres does', () => {
    expect(snapshotAt('812')).toBe('812:812:');
  });
});
