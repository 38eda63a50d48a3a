import { createApiKey, isApiKey } from './api-key';
import { secretHash } from './secret-hash';

describe('an API key', () => {
  it('has the form by which it is recognised, and its readable part', () => {
    const { key, prefix } = createApiKey();
    expect(isApiKey(key)).toBe(true);
    expect(key.startsWith(`sco_${prefix}_`)).toBe(true);
  });

  it('is looked up by its hash', () => {
    const { key, hash } = createApiKey();
    expect(secretHash(key)).toEqual(hash);
  });

  it('never comes twice', () => {
    const keys = new Set(Array.from({ length: 200 }, () => createApiKey().key));
    expect(keys.size).toBe(200);
  });

  it.each([
    '',
    'sco_',
    'sco_abcdefgh_short',
    'eyJhbGciOiJIUzI1NiJ9.e30.x',
    ` ${createApiKey().key}`,
    `${createApiKey().key}x`,
  ])('is not %j', (text) => {
    expect(isApiKey(text)).toBe(false);
  });
});
