import { accountHash, addressBucket } from './lockout';

describe('the address a failed login is counted under', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['64:ff9b::192.0.2.33', '64:ff9b:0:0::/64'],
    ['unknown', 'unknown'],
  ])('counts %s as %s', (address, bucket) => {
    expect(addressBucket(address)).toBe(bucket);
  });
});

describe('the account a failed login is counted under', () => {
  it('is the same whatever the case', () => {
    expect(accountHash('Admin')).toEqual(accountHash('aDMIN'));
  });

  it('differs between two names, and never is the name itself', () => {
    expect(accountHash('admin')).not.toEqual(accountHash('admin2'));
    expect(accountHash('admin').toString()).not.toContain('admin');
  });
});
