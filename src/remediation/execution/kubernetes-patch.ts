import { OrderRefused } from './execution.errors';
import type { StepOrder } from './executor.port';
import type { JsonObject } from './json';
import type { Workload } from './kubernetes-settings';

/** What of a workload's rollout strategy counts, as the API has it. */
export interface RolloutStrategy {
  readonly type?: string;
  readonly rollingUpdate?: { readonly maxUnavailable?: number | string };
}

/** On the pods' template: the step that restarted them last. */
export const STEP_ANNOTATION = 'smartcloudops.ai/step';

/**
 * The patch that restarts a workload: an annotation of its pods' template, as `kubectl rollout restart` sets it. Its values are the
 * step's own, so the same step a second time changes nothing, and no pod is restarted twice.
 */
export function restartPatch({ stepId, orderedAt }: Pick<StepOrder, 'stepId' | 'orderedAt'>): JsonObject {
  const annotations = {
    'kubectl.kubernetes.io/restartedAt': orderedAt.toISOString(),
    [STEP_ANNOTATION]: stepId,
  };
  return { spec: { template: { metadata: { annotations } } } };
}

/** The patch that closes a node for new pods, or opens it; the pods that it has stay. */
export function cordonPatch(isClosed: boolean): JsonObject {
  return { spec: { unschedulable: isClosed } };
}

/**
 * How much of a workload its own rollout may take away at once.
 * Units   Percent of its replicas, 100 at most.
 * Source  Defaults of the API: a deployment 25 % (rounded down), a stateful or daemon set one pod; Recreate and OnDelete take all.
 * @example unavailablePercent({ kind: 'deployment', name: 'a' }, { type: 'Recreate' }, 3) // 100
 */
export function unavailablePercent(workload: Workload, strategy: RolloutStrategy, replicas: number): number {
  if (strategy.type === 'Recreate' || strategy.type === 'OnDelete') return 100;
  const stated = strategy.rollingUpdate?.maxUnavailable ?? (workload.kind === 'deployment' ? '25%' : 1);
  const share =
    typeof stated === 'string' && stated.endsWith('%')
      ? Number(stated.slice(0, -1))
      : (Number(stated) / Math.max(1, replicas)) * 100;
  return Number.isFinite(share) ? Math.min(100, share) : 100;
}

/** Throws  OrderRefused where a rollout would take more away at once than the order allows. */
export function checkUnavailable(percent: number, maxPercent: number | null): void {
  if (maxPercent !== null && percent > maxPercent)
    throw new OrderRefused(
      `its rollout may take ${Math.round(percent)} % away at once, and the order allows ${maxPercent} %`,
    );
}
