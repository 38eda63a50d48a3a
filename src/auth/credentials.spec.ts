import { createApiKey } from './api-key';
import { readCredentials } from './credentials';

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
const { key } = createApiKey();

describe('the credentials of a request', () => {
  it('are none where no header speaks of them', () => {
    expect(readCredentials({})).toEqual({ kind: 'none' });
  });

  it.each([
    ['a token', 'Bearer abc.def.ghi', { kind: 'token', token: 'abc.def.ghi' }],
    ['a token whatever the case of the scheme', 'bEARER abc', { kind: 'token', token: 'abc' }],
    ['a key as a bearer', `Bearer ${key}`, { kind: 'api_key', key }],
    ['a name and a password', basic('ada:secret'), { kind: 'password', username: 'ada', password: 'secret' }],
    ['a password with colons', basic('ada:a:b:'), { kind: 'password', username: 'ada', password: 'a:b:' }],
    ['an empty password', basic('ada:'), { kind: 'password', username: 'ada', password: '' }],
    [
      'a password beyond ASCII',
      basic('ada:pässwörd'),
      { kind: 'password', username: 'ada', password: 'pässwörd' },
    ],
    ['a key as the password', basic(`anything:${key}`), { kind: 'api_key', key }],
  ])('may be %s', (_, authorization, credentials) => {
    expect(readCredentials({ authorization })).toEqual(credentials);
  });

  it.each([
    ['an empty header', ''],
    ['a scheme alone', 'Bearer'],
    ['a scheme and spaces', 'Bearer   '],
    ['a token without a scheme', 'abc.def.ghi'],
    ['another scheme', 'Digest username="ada"'],
    ['two tokens', 'Bearer abc def'],
    ['a list', 'Bearer abc, Bearer def'],
    ['Basic that is not base64', 'Basic !!!'],
    ['Basic without a colon', basic('ada')],
    ['Basic with a NUL', basic('ada\0:secret')],
  ])('are malformed with %s', (_, authorization) => {
    expect(readCredentials({ authorization })).toEqual({ kind: 'malformed' });
  });

  it('may be a key in a header of its own', () => {
    expect(readCredentials({ 'x-api-key': key })).toEqual({ kind: 'api_key', key });
  });

  it('are malformed where that header holds anything else', () => {
    expect(readCredentials({ 'x-api-key': 'secret' })).toEqual({ kind: 'malformed' });
  });

  it('are those of Authorization where both headers stand', () => {
    expect(readCredentials({ authorization: 'Bearer abc', 'x-api-key': key })).toEqual({
      kind: 'token',
      token: 'abc',
    });
  });
});
