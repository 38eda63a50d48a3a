import { Remembered } from './remembered';

describe('a remembered answer', () => {
  let nowMs: number;
  let asked: number;
  const remember = (find?: () => Promise<number>): Remembered<number> =>
    new Remembered(find ?? (async () => (asked += 1)), 500, () => nowMs);

  beforeEach(() => {
    nowMs = 0;
    asked = 0;
  });

  it('is found once for a crowd that asks at the same time', async () => {
    const answers = remember();
    expect(await Promise.all(Array.from({ length: 100 }, () => answers.get()))).toEqual(Array(100).fill(1));
  });

  it('stays until its time is over', async () => {
    const answers = remember();
    await answers.get();
    nowMs = 499;
    expect(await answers.get()).toBe(1);
    nowMs = 500;
    expect(await answers.get()).toBe(2);
  });

  it('is found anew on demand', async () => {
    const answers = remember();
    await answers.get();
    expect(await answers.refresh()).toBe(2);
    expect(await answers.get()).toBe(2);
  });

  it('is not kept where it failed', async () => {
    const answers = remember(async () => {
      asked += 1;
      if (asked === 1) throw new Error('away');
      return asked;
    });
    await expect(answers.get()).rejects.toThrow('away');
    expect(await answers.get()).toBe(2);
  });
});
