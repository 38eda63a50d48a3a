import { SecretBox } from './secret-box';

describe('a secret box', () => {
  const box = new SecretBox('a deployment’s secret');

  it('opens what it sealed, and seals the same text otherwise each time', () => {
    for (const text of ['', 's3cret', '🤫'.repeat(100)])
      expect(box.open(box.seal(text, 'x'), 'x')).toBe(text);
    expect(box.seal('s3cret', 'x').equals(box.seal('s3cret', 'x'))).toBe(false);
    expect(box.seal('s3cret', 'x').includes('s3cret')).toBe(false);
  });

  it('opens nothing of another deployment or purpose', () => {
    const sealed = box.seal('s3cret', 'x');
    expect(new SecretBox('another').open(sealed, 'x')).toBeNull();
    expect(box.open(sealed, 'y')).toBeNull();
  });

  it('opens nothing that was changed, bit by bit, or cut', () => {
    const sealed = box.seal('s3cret', 'x');
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed[at] ^= 1;
      expect(box.open(changed, 'x')).toBeNull();
      expect(box.open(sealed.subarray(0, at), 'x')).toBeNull();
    }
  });
});
