import { OrderRefused } from './execution.errors';
import type { StepOrder } from './executor.port';
import type { OrderParameters } from './order-parameters';

/** A change of size as it was ordered. */
export interface ScaleStep {
  readonly direction: 'up' | 'down';
  /** An absolute size, or steps from what runs. */
  readonly size: { readonly replicas: number } | { readonly by: number };
  /** What is expected to run now; null: anything. */
  readonly from: number | null;
}

/** What a target's settings allow. */
export interface ScaleLimits {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** By how much of what runs one step may change it. */
  readonly maxChangePercent: number;
}

const MAX_REPLICAS = 100_000;
const MAX_STEP = 1_000;

/** Throws  OrderRefused for parameters that are no sizes, or a size that is outside of the limits whatever runs. */
export function readScaleStep(
  { minReplicas, maxReplicas }: ScaleLimits,
  actionType: StepOrder['actionType'],
  parameters: OrderParameters,
): ScaleStep {
  const replicas = parameters.integer('replicas', 0, MAX_REPLICAS);
  if (replicas !== null) checkSize(replicas, minReplicas, maxReplicas);
  return {
    direction: actionType === 'scale_up' ? 'up' : 'down',
    size: replicas === null ? { by: parameters.integer('by', 1, MAX_STEP) ?? 1 } : { replicas },
    from: parameters.integer('from_replicas', 0, MAX_REPLICAS),
  };
}

/**
 * The size that a step leads to.
 * Throws  OrderRefused where what runs is not what was expected, the order leads the other way, or the step is larger than the limits
 * allow.
 * @example scaledSize({ minReplicas: 1, maxReplicas: 10, maxChangePercent: 100 }, { direction: 'up', size: { by: 1 }, from: null }, 3) // 4
 */
export function scaledSize(
  limits: ScaleLimits,
  { direction, size, from }: ScaleStep,
  current: number,
): number {
  if (from !== null && from !== current)
    throw new OrderRefused(`${current} replicas run, and the order expects ${from}`);
  const to = 'replicas' in size ? size.replicas : current + (direction === 'up' ? size.by : -size.by);
  if (to === current) return to;
  if (to > current !== (direction === 'up'))
    throw new OrderRefused(`from ${current} to ${to} replicas is not ${direction}`);
  checkSize(to, limits.minReplicas, limits.maxReplicas);
  // One more, or one fewer, is the smallest step that there is, whatever share it is.
  if (Math.abs(to - current) > Math.max(1, Math.floor((current * limits.maxChangePercent) / 100)))
    throw new OrderRefused(
      `from ${current} to ${to} replicas changes more than ${limits.maxChangePercent} %, the most that the target allows at once`,
    );
  return to;
}

function checkSize(replicas: number, min: number, max: number): void {
  if (replicas < min || replicas > max)
    throw new OrderRefused(`${replicas} replicas are outside of ${min} to ${max}, which the target allows`);
}
