import { nextRun, pauseAfter, RUN_CRON } from './pace';

describe('the pace of retention', () => {
  it.each([1, 5, 25, 400])(
    'rests four times as long as a batch of %i ms took, and never less than 10 ms',
    (ms) => {
      expect(pauseAfter(ms)).toBeCloseTo(Math.max(10, 4 * ms));
    },
  );

  it.each([
    ['2026-01-31T10:03:20Z', '2026-01-31T10:10:00Z'],
    ['2026-01-31T10:10:00Z', '2026-01-31T10:20:00Z'],
    ['2026-01-31T23:59:59Z', '2026-02-01T00:00:00Z'],
  ])('begins the run after %s at %s, as its cron line says', (now, next) => {
    expect(nextRun(new Date(now))).toEqual(new Date(next));
    expect(RUN_CRON).toBe('*/10 * * * *');
  });
});
