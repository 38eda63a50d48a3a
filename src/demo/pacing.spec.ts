import { nextDueMs } from './pacing';

const PACE = { requestsPerSecond: 20, jitterFraction: 0.3 };

describe('the pace of requests', () => {
  it.each([
    [0, 35],
    [0.5, 50],
    [1, 65],
  ])('at chance %d leaves a gap of %d ms at 20 a second', (chance, gapMs) => {
    expect(nextDueMs(PACE, 0, 0, chance)).toBeCloseTo(gapMs);
  });

  it('keeps the rate although every timer fires late', () => {
    let dueMs = 0;
    for (let i = 0; i < 200; i += 1) dueMs = nextDueMs({ ...PACE, jitterFraction: 0 }, dueMs, dueMs + 8, 0.5);
    expect(dueMs).toBeCloseTo(10_000);
  });

  it('does not send what was missed during a long pause', () => {
    expect(nextDueMs(PACE, 0, 60_000, 0.5)).toBeCloseTo(60_050);
  });
});
