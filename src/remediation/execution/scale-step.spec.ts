import fc from 'fast-check';

import { OrderParameters } from './order-parameters';
import { readScaleStep, scaledSize, ScaleLimits, ScaleStep } from './scale-step';

const LIMITS: ScaleLimits = { minReplicas: 1, maxReplicas: 10, maxChangePercent: 100 };
const step = (direction: 'up' | 'down', size: ScaleStep['size'], from: number | null = null): ScaleStep => ({
  direction,
  size,
  from,
});

describe('a change of size', () => {
  it.each<[current: number, ordered: ScaleStep, limits: Partial<ScaleLimits>, to: number]>([
    [3, step('up', { by: 1 }), {}, 4],
    [3, step('up', { replicas: 6 }), {}, 6],
    [3, step('down', { by: 2 }), {}, 1],
    [3, step('down', { replicas: 3 }), {}, 3],
    [1, step('up', { by: 1 }), { maxChangePercent: 1 }, 2],
    [10, step('down', { by: 5 }), { maxChangePercent: 50 }, 5],
    [3, step('up', { replicas: 4 }, 3), {}, 4],
  ])('from %i by %j within %j leads to %i', (current, ordered, limits, to) =>
    expect(scaledSize({ ...LIMITS, ...limits }, ordered, current)).toBe(to),
  );

  it.each<[current: number, ordered: ScaleStep, limits: Partial<ScaleLimits>, reason: string]>([
    [3, step('up', { by: 8 }), { maxChangePercent: 1_000 }, 'outside of 1 to 10'],
    [3, step('down', { by: 3 }), {}, 'outside of 1 to 10'],
    [3, step('up', { replicas: 2 }), {}, 'is not up'],
    [3, step('down', { replicas: 4 }), {}, 'is not down'],
    [2, step('up', { replicas: 5 }), {}, 'more than 100 %'],
    [10, step('down', { by: 6 }), { maxChangePercent: 50 }, 'more than 50 %'],
    [4, step('up', { replicas: 5 }, 3), {}, 'the order expects 3'],
  ])('from %i by %j within %j is refused', (current, ordered, limits, reason) =>
    expect(() => scaledSize({ ...LIMITS, ...limits }, ordered, current)).toThrow(reason),
  );

  it('never leaves the limits, whatever is ordered', () => {
    const size = fc.oneof(
      fc.record({ replicas: fc.nat(50) }),
      fc.record({ by: fc.integer({ min: 1, max: 50 }) }),
    );
    fc.assert(
      fc.property(
        fc.constantFrom('up', 'down'),
        size,
        fc.integer({ min: 1, max: 10 }),
        (direction, ordered, current) => {
          let to: number;
          try {
            to = scaledSize(LIMITS, step(direction, ordered), current);
          } catch {
            return;
          }
          expect(to >= 1 && to <= 10 && (direction === 'up' ? to >= current : to <= current)).toBe(true);
        },
      ),
    );
  });

  it('is one step where nothing else is said, and refuses a size that no limits allow before anybody is asked', () => {
    const read = (parameters: Record<string, number>) =>
      readScaleStep(LIMITS, 'scale_up', new OrderParameters(parameters));
    expect(read({})).toEqual(step('up', { by: 1 }));
    expect(read({ replicas: 4, from_replicas: 3 })).toEqual(step('up', { replicas: 4 }, 3));
    expect(() => read({ replicas: 11 })).toThrow('outside of 1 to 10');
    expect(() => read({ by: 0 })).toThrow('parameters.by must be an integer');
  });
});
