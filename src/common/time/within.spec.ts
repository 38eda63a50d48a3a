import { within } from './within';

describe('within', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('gives the outcome of work that is in time', async () => {
    await expect(within(Promise.resolve(7), 100)).resolves.toBe(7);
    await expect(within(Promise.reject(new Error('broken')), 100)).rejects.toThrow('broken');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('gives up on work that is late, whatever becomes of it', async () => {
    let fail: (error: Error) => void = () => undefined;
    const late = within(new Promise((_, reject) => (fail = reject)), 100);
    const outcome = expect(late).rejects.toThrow('no answer within 100 ms');
    await jest.advanceTimersByTimeAsync(100);
    await outcome;
    fail(new Error('too late to matter'));
  });
});
