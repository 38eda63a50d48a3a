import fc from 'fast-check';

import { InvalidEgressUrl } from './egress.errors';
import { parseEgressUrl } from './egress-url';

describe('parseEgressUrl', () => {
  it.each([
    ['https://example.com', 'https', 'example.com', 443, '/'],
    ['http://example.com', 'http', 'example.com', 80, '/'],
    ['HTTPS://EXAMPLE.com:443/a', 'https', 'example.com', 443, '/a'],
    ['http://example.com:8080/a?b=c#d', 'http', 'example.com', 8080, '/a?b=c'],
    ['https://example.com?x', 'https', 'example.com', 443, '/?x'],
    ['https://example.com./', 'https', 'example.com', 443, '/'],
    ['https://bücher.example/', 'https', 'xn--bcher-kva.example', 443, '/'],
    ['https://ex%61mple.com/', 'https', 'example.com', 443, '/'],
    ['http://my_service:9090/x', 'http', 'my_service', 9090, '/x'],
    ['https://example.com/a/../b', 'https', 'example.com', 443, '/b'],
    ['https://example.com/%40@x', 'https', 'example.com', 443, '/%40@x'],
  ])('reads %s', (text, scheme, host, port, path) => {
    expect(parseEgressUrl(text)).toEqual({ scheme, host, port, path, isLiteral: false });
  });

  it.each([
    ['http://127.0.0.1/', '127.0.0.1'],
    ['http://2130706433/', '127.0.0.1'],
    ['http://0x7f000001/', '127.0.0.1'],
    ['http://0x7f.0.0.1/', '127.0.0.1'],
    ['http://0177.0.0.1/', '127.0.0.1'],
    ['http://127.1/', '127.0.0.1'],
    ['http://0/', '0.0.0.0'],
    ['http://127.0.0.1./', '127.0.0.1'],
    ['http://①②⑦.0.0.1/', '127.0.0.1'],
    ['http://127。0。0。1/', '127.0.0.1'],
    ['http://%31%32%37.0.0.1/', '127.0.0.1'],
    ['http://[::1]/', '::1'],
    ['http://[0:0:0:0:0:0:0:1]/', '::1'],
    ['http://[::FFFF:127.0.0.1]/', '::ffff:7f00:1'],
  ])('sees the address in %s', (text, host) => {
    expect(parseEgressUrl(text)).toMatchObject({ host, isLiteral: true });
  });

  it.each([
    '',
    'example.com',
    '//example.com/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'data:text/plain,x',
    'javascript:alert(1)',
    'gopher://example.com/',
    'ws://example.com/',
    'http:example.com',
    'http:/example.com',
    'http:///example.com',
    'http://',
    'http://?x',
    'http:\\\\example.com\\',
    'http://example.com\\@evil.example/',
    'http://exam\tple.com/',
    'http://example.com/a b',
    ' http://example.com/',
    'http://example.com/\n',
    'http://user@example.com/',
    'http://user:secret@example.com/',
    'http://@example.com/',
    'http://:@example.com/',
    'http://example.com@evil.example/',
    'http://example.com:0/',
    'http://example.com:65536/',
    'http://example.com:http/',
    'http://example..com/',
    'http://example.com../',
    'http://.example.com/',
    'http://-example.com/',
    'http://example-.com/',
    'http://exa*mple.com/',
    'http://1.2.3.4.5/',
    'http://256.0.0.1/',
    'http://[::1/',
    'http://[fe80::1%25eth0]/',
    'http://[::1].example.com/',
    'http://exam\0ple.com/',
    `http://${'a'.repeat(64)}.com/`,
    `http://${'a.'.repeat(130)}com/`,
    `http://example.com/${'a'.repeat(8200)}`,
  ])('refuses %j', (text) => {
    expect(() => parseEgressUrl(text)).toThrow(InvalidEgressUrl);
  });

  it('does not repeat a password in its refusal', () => {
    expect(() => parseEgressUrl('https://user:hunter2@example.com/')).toThrow(/^(?!.*hunter2)/);
  });

  it('answers any text with a target or a refusal, and a target reads back as itself', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.webUrl({ withFragments: true, withQueryParameters: true }), fc.string()),
        (text) => {
          try {
            const { scheme, host, port, path } = parseEgressUrl(text);
            const authority = host.includes(':') ? `[${host}]` : host;
            expect(parseEgressUrl(`${scheme}://${authority}:${port}${path}`)).toMatchObject({
              scheme,
              host,
              port,
              path,
            });
          } catch (error) {
            expect(error).toBeInstanceOf(InvalidEgressUrl);
          }
        },
      ),
    );
  });
});
