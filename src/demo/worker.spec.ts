import { Worker } from './worker';

describe('a worker of the sample service', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('keeps what leaks, and lets go of it when it ends', () => {
    const worker = new Worker(5);
    jest.advanceTimersByTime(1_000);
    expect(worker.keptMb).toBeCloseTo(5);
    worker.stop();
    jest.advanceTimersByTime(1_000);
    expect(worker.keptMb).toBe(0);
  });
  it('leaks nothing where nothing is wrong', () => {
    const worker = new Worker(0);
    jest.advanceTimersByTime(1_000);
    expect(worker.keptMb).toBe(0);
  });
});
