import { createHash } from 'node:crypto';

import { GroupSigner } from './group-signer';

describe('signing in groups', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('gives all texts of a group one signature, and each its own hash', async () => {
    const signer = new GroupSigner('key');
    const signing = ['a', 'b'].map((text) => signer.sign(text));
    jest.advanceTimersByTime(100);
    const [a, b] = await Promise.all(signing);
    expect(a.group).toBe(b.group);
    expect(a.hash).toBe(createHash('sha256').update('a').digest('hex'));
    expect(b.hash).not.toBe(a.hash);
  });

  it('signs what comes later with the next group', async () => {
    const signer = new GroupSigner('key');
    const early = signer.sign('a');
    jest.advanceTimersByTime(100);
    const late = signer.sign('b');
    jest.advanceTimersByTime(100);
    expect((await early).group).not.toBe((await late).group);
  });
});
