import fc from 'fast-check';

import { AddressClass, classifyAddress, mayConnect } from './address-check';

describe('classifyAddress', () => {
  it.each<[string, AddressClass]>([
    ['8.8.8.8', 'public'],
    ['1.1.1.1', 'public'],
    ['172.15.255.255', 'public'],
    ['172.32.0.0', 'public'],
    ['100.63.255.255', 'public'],
    ['100.128.0.0', 'public'],
    ['169.253.255.255', 'public'],
    ['223.255.255.255', 'public'],
    ['2606:4700:4700::1111', 'public'],
    ['2a00:1450:4001:80b::200e', 'public'],
    ['10.0.0.0', 'private'],
    ['10.255.255.255', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'private'],
    ['fc00::1', 'private'],
    ['fdff::1', 'private'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['::1', 'loopback'],
    ['0:0:0:0:0:0:0:1', 'loopback'],
    ['169.254.169.254', 'link_local'],
    ['169.254.0.1', 'link_local'],
    ['169.254.170.2', 'link_local'],
    ['100.100.100.200', 'link_local'],
    ['168.63.129.16', 'link_local'],
    ['fe80::1', 'link_local'],
    ['fe80::1%eth0', 'link_local'],
    ['febf:ffff::1', 'link_local'],
    ['fd00:ec2::254', 'link_local'],
    ['fd20:ce::254', 'link_local'],
    ['0.0.0.0', 'special'],
    ['0.1.2.3', 'special'],
    ['192.0.0.1', 'special'],
    ['192.0.0.192', 'special'],
    ['192.0.2.1', 'special'],
    ['192.88.99.1', 'special'],
    ['198.18.0.1', 'special'],
    ['198.19.255.255', 'special'],
    ['198.51.100.7', 'special'],
    ['203.0.113.9', 'special'],
    ['224.0.0.1', 'special'],
    ['239.255.255.255', 'special'],
    ['240.0.0.1', 'special'],
    ['255.255.255.255', 'special'],
    ['::', 'special'],
    ['::7f00:1', 'special'],
    ['::127.0.0.1', 'special'],
    ['64:ff9b:1::1', 'special'],
    ['100::1', 'special'],
    ['2001::1', 'special'],
    ['2001:db8::1', 'special'],
    ['3fff::1', 'special'],
    ['5f00::1', 'special'],
    ['fec0::1', 'special'],
    ['ff02::1', 'special'],
    ['::ffff:0:7f00:1', 'special'],
    ['', 'special'],
    ['localhost', 'special'],
    ['127.1', 'special'],
    ['0177.0.0.1', 'special'],
    ['[::1]', 'special'],
  ])('%s is %s', (ip, kind) => {
    expect(classifyAddress(ip)).toBe(kind);
  });

  it.each<[string, AddressClass]>([
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:7f00:1', 'loopback'],
    ['0:0:0:0:0:FFFF:10.0.0.1', 'private'],
    ['::ffff:169.254.169.254', 'link_local'],
    ['::ffff:a9fe:a9fe', 'link_local'],
    ['::ffff:8.8.8.8', 'public'],
    ['64:ff9b::127.0.0.1', 'loopback'],
    ['64:ff9b::a9fe:a9fe', 'link_local'],
    ['64:ff9b::8.8.8.8', 'public'],
    ['2002:7f00:1::', 'loopback'],
    ['2002:a9fe:a9fe::1', 'link_local'],
    ['2002:a00:1::1', 'private'],
    ['2002:808:808::1', 'public'],
    ['2002:e000:1::1', 'special'],
  ])('judges %s by the IPv4 address inside: %s', (ip, kind) => {
    expect(classifyAddress(ip)).toBe(kind);
  });

  it('judges every IPv4 address alike, however it is wrapped', () => {
    fc.assert(
      fc.property(fc.ipV4(), (ip) => {
        const [a, b, c, d] = ip.split('.').map(Number);
        const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
        const wrapped = [`::ffff:${ip}`, `::ffff:${hex}`, `64:ff9b::${hex}`, `2002:${hex}::1`];
        expect(wrapped.map(classifyAddress)).toEqual(wrapped.map(() => classifyAddress(ip)));
      }),
    );
  });

  it('has an answer for any text', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.ipV6()), (text) => void classifyAddress(text)));
  });
});

describe('mayConnect', () => {
  it.each([
    ['8.8.8.8', true, true],
    ['10.0.0.1', false, true],
    ['127.0.0.1', false, true],
    ['169.254.169.254', false, false],
    ['fe80::1', false, false],
    ['fd00:ec2::254', false, false],
    ['0.0.0.0', false, false],
    ['224.0.0.1', false, false],
  ])('%s: %p by default, %p with a rule that allows private addresses', (ip, byDefault, withPrivate) => {
    expect([mayConnect(ip, false), mayConnect(ip, true)]).toEqual([byDefault, withPrivate]);
  });
});
