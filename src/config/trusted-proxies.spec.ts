import { readTrustedProxies } from './trusted-proxies';

describe('trusted proxies', () => {
  it.each([
    ['false', 0],
    ['true', 1],
    ['0', 0],
    ['3', 3],
    ['127.0.0.1', ['127.0.0.1']],
    ['10.0.0.0/8, loopback,fd00::/8', ['10.0.0.0/8', 'loopback', 'fd00::/8']],
  ])('are read from %s', (text, proxies) => {
    expect(readTrustedProxies(text)).toEqual(proxies);
  });

  it.each([
    'yes',
    'TRUE',
    '11',
    '-1',
    '1.5',
    '*',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/8/8',
    '10.0.0',
    'proxy.internal',
    '1,',
  ])('are not read from %s', (text) => {
    expect(() => readTrustedProxies(text)).toThrow('true, false, a number of proxies');
  });
});
