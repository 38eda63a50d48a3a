import { forEachAlone, RegularLook } from './regular-look';

describe('a regular look', () => {
  it('is one at a time, goes on after one that failed, and has ended once it was told to', async () => {
    const errors: string[] = [];
    let looks = 0;
    let release: () => void = () => undefined;
    const look = new RegularLook(
      () => {
        looks += 1;
        if (looks === 1) return Promise.reject(new Error('the first'));
        return new Promise((resolve) => (release = resolve));
      },
      ({ message }) => errors.push(message),
    );
    look.lookNow();
    await new Promise(setImmediate);
    expect(errors).toEqual(['the first']);
    look.lookNow();
    look.lookNow();
    expect(looks).toBe(2);
    let hasEnded = false;
    const end = look.end().then(() => (hasEnded = true));
    await new Promise(setImmediate);
    expect(hasEnded).toBe(false);
    release();
    await end;
  });

  it('comes again after its time', async () => {
    jest.useFakeTimers();
    let looks = 0;
    const look = new RegularLook(
      () => {
        looks += 1;
        return Promise.resolve();
      },
      () => undefined,
    );
    look.begin(1_000);
    await jest.advanceTimersByTimeAsync(3_500);
    await look.end();
    await jest.advanceTimersByTimeAsync(3_500);
    expect(looks).toBe(3);
    jest.useRealTimers();
  });

  it('does for each what can be done, and says what could not', async () => {
    const done: number[] = [];
    const errors: string[] = [];
    await forEachAlone(
      [1, 2, 3],
      (item) => (item === 2 ? Promise.reject(new Error('two')) : Promise.resolve(done.push(item))),
      ({ message }) => errors.push(message),
    );
    expect([done, errors]).toEqual([[1, 3], ['two']]);
  });
});
