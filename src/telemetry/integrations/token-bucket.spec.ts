import { TokenBucket } from './token-bucket';

describe('a token bucket', () => {
  const admittedOf = (bucket: TokenBucket, timesMs: readonly number[]): number =>
    timesMs.filter((time) => bucket.take(time) === 0).length;
  const at = (timeMs: number, count: number): number[] => Array.from({ length: count }, () => timeMs);

  it('lets a burst of its size through, and says when there is room again', () => {
    const bucket = new TokenBucket(300, 300_000, 0);
    expect(admittedOf(bucket, at(0, 300))).toBe(300);
    expect(bucket.take(0)).toBeCloseTo(1_000);
    expect(bucket.take(400)).toBeCloseTo(600);
    expect(bucket.take(1_001)).toBe(0);
  });

  it('fills evenly, and never beyond its size', () => {
    const bucket = new TokenBucket(10, 10_000, 0);
    admittedOf(bucket, at(0, 10));
    expect(admittedOf(bucket, at(5_000, 10))).toBe(5);
    expect(admittedOf(bucket, at(10_000_000, 20))).toBe(10);
  });

  it('earns nothing while time stands still or runs back', () => {
    const bucket = new TokenBucket(1, 1_000, 5_000);
    expect(bucket.take(5_000)).toBe(0);
    expect(bucket.take(4_000)).toBeCloseTo(1_000);
    expect(bucket.take(5_999)).toBeGreaterThan(0);
    expect(bucket.take(6_001)).toBe(0);
  });
});
