import { planScoring } from './scoring-plan';

const gauge = { type: 'gauge', behaviour: 'gauge' } as const;

describe('how a series is scored', () => {
  it.each([
    [{ name: 'http_seconds_bucket', type: 'histogram', behaviour: 'counter' } as const],
    [{ name: 'build_info', ...gauge }],
    [{ name: 'target', type: 'info', behaviour: 'gauge' } as const],
  ])('%j is stored, not scored', (series) => {
    expect(planScoring(series, 'full')).toBeNull();
  });

  it('watches the rate of counters, also of untyped ones that are named as such', () => {
    expect(planScoring({ name: 'x_total', type: 'counter', behaviour: 'counter' }, 'full')?.counter).toBe(
      true,
    );
    expect(planScoring({ name: 'x_total', type: 'untyped', behaviour: 'untyped' }, 'full')?.counter).toBe(
      true,
    );
    expect(planScoring({ name: 'queue_depth', ...gauge }, 'full')?.counter).toBe(false);
  });
});
