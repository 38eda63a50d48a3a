import { isMailAddress } from './mail-address';

describe('a mail address', () => {
  it.each(['on-call@example.org', 'a.b+c@x.example.org', "o'neil@example.org"])('is %s', (text) => {
    expect(isMailAddress(text)).toBe(true);
  });

  it.each([
    '',
    'nobody',
    '@example.org',
    'a@',
    'root@localhost',
    'a@b@c',
    'a b@example.org',
    'a@example.org\r\nBcc: b@example.org',
    'A <a@example.org>',
    'a@example.org,b@example.org',
    '"a b"@example.org',
    'a@-example.org',
    'a@[127.0.0.1]',
    `${'a'.repeat(65)}@example.org`,
    `a@${'b.'.repeat(130)}org`,
    7,
    null,
  ])('is not %p', (text) => {
    expect(isMailAddress(text)).toBe(false);
  });
});
