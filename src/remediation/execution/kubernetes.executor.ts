import { Injectable } from '@nestjs/common';

import { EgressClient } from '../../egress/egress.client';
import type { ActionType } from '../actions/action-type';
import { OrderRefused } from './execution.errors';
import type { ExecutionTarget, Executor, StepOrder, StepOutcome } from './executor.port';
import type { JsonObject } from './json';
import { KubernetesClient } from './kubernetes.client';
import { isKubernetesRefusal, judgeKubernetesRefusal } from './kubernetes-answer';
import { KUBERNETES_TYPES, KubernetesVerb, kubernetesVerb } from './kubernetes-order';
import { checkUnavailable, cordonPatch, restartPatch, unavailablePercent } from './kubernetes-patch';
import { KubernetesSettings, readKubernetesSettings } from './kubernetes-settings';
import { outcomeBeforeEffect, outcomeOfLostCall, outcomeWhereNotHeld } from './lost-call';
import { withoutSecrets } from './redacted-outcome';
import { scaledSize } from './scale-step';

/** One call that writes, rehearsed first and then made; none where there is nothing to change. */
interface Move {
  readonly detail: JsonObject;
  readonly write: ((isRehearsal: boolean) => Promise<void>) | null;
}

/** Acts on a cluster: looks, has the cluster rehearse the very call, and only then makes it. */
@Injectable()
export class KubernetesExecutor implements Executor {
  readonly kind = 'kubernetes';

  constructor(private readonly egress: EgressClient) {}

  supports(type: ActionType): boolean {
    return KUBERNETES_TYPES.includes(type);
  }

  /** What says where to end is: a size, a pod by its uid, a node's state, and a restart, which carries the step's own mark. */
  isIdempotent({ actionType, parameters }: Pick<StepOrder, 'actionType' | 'parameters'>): boolean {
    if (actionType === 'scale_up' || actionType === 'scale_down')
      return (parameters.replicas ?? null) !== null;
    return parameters.operation !== 'delete_pod' || (parameters.pod_uid ?? null) !== null;
  }

  async execute(order: StepOrder, log: (line: string) => void, signal: AbortSignal): Promise<StepOutcome> {
    let isWriting = false;
    try {
      const settings = readKubernetesSettings(order.target.settings);
      const verb = kubernetesVerb(settings, order);
      const inTime = AbortSignal.any([signal, AbortSignal.timeout(order.timeoutMs)]);
      const cluster = await KubernetesClient.open(this.egress, order.target, settings, inTime);
      const { detail, write } = await move(cluster, settings, verb, order);
      log(`${order.target.name}: ${JSON.stringify(detail)}`);
      await write?.(true);
      if (order.isDryRun) return { kind: 'succeeded', detail: { ...detail, dry_run: true } };
      const lost = outcomeWhereNotHeld(order);
      if (lost !== null) return lost;
      isWriting = write !== null;
      await write?.(false);
      return { kind: 'succeeded', detail: { ...detail, changed: write !== null } };
    } catch (error) {
      return outcomeOf(error, isWriting, order.target);
    }
  }

  async check(target: ExecutionTarget, signal: AbortSignal): Promise<string> {
    const settings = readKubernetesSettings(target.settings);
    const cluster = await KubernetesClient.open(this.egress, target, settings, signal);
    const missing: string[] = [];
    for (const namespace of settings.namespaces)
      for (const [verb, resource] of [
        ['patch', 'deployments'],
        ['update', 'deployments/scale'],
      ])
        if (!(await cluster.may(verb, resource, namespace)))
          missing.push(`${verb} ${resource} in ${namespace}`);
    if (missing.length > 0)
      throw new OrderRefused(`The cluster does not let this identity ${missing.join(', ')}`);
    return `The cluster answers, and lets this identity restart and scale in ${settings.namespaces.join(', ')}`;
  }
}

async function move(
  cluster: KubernetesClient,
  settings: KubernetesSettings,
  verb: KubernetesVerb,
  order: StepOrder,
): Promise<Move> {
  switch (verb.verb) {
    case 'restart': {
      const { namespace, workload, maxUnavailablePercent } = verb;
      const { replicas, strategy, lastStep } = await cluster.readWorkload(namespace, workload);
      checkUnavailable(unavailablePercent(workload, strategy, replicas), maxUnavailablePercent);
      return {
        detail: {
          verb: 'rollout restart',
          namespace,
          workload: `${workload.kind}/${workload.name}`,
          replicas,
        },
        // Its mark is there: an attempt before this one restarted it.
        write:
          lastStep === order.stepId
            ? null
            : (isRehearsal) => cluster.patchWorkload(namespace, workload, restartPatch(order), isRehearsal),
      };
    }
    case 'scale': {
      const { namespace, workload } = verb;
      const seen = await cluster.readScale(namespace, workload);
      const replicas = seen.spec?.replicas ?? 0;
      const to = scaledSize(settings, verb.step, replicas);
      return {
        detail: {
          verb: 'scale',
          namespace,
          workload: `${workload.kind}/${workload.name}`,
          before: { replicas },
          replicas: to,
        },
        write:
          to === replicas
            ? null
            : (isRehearsal) => cluster.replaceScale(namespace, workload, seen, to, isRehearsal),
      };
    }
    case 'delete_pod': {
      const { namespace, pod, uid: stated, graceSeconds } = verb;
      const seen = await readPod(cluster, namespace, pod, stated);
      const uid = seen?.uid ?? stated ?? '';
      if (seen?.isOwned === false)
        throw new OrderRefused(`nothing would make the pod ${pod} again, so it is not deleted`);
      return {
        detail: { verb: 'delete pod', namespace, pod, uid },
        write:
          seen === null
            ? null
            : (isRehearsal) => cluster.deletePod(namespace, pod, uid, graceSeconds, isRehearsal),
      };
    }
    case 'cordon':
    case 'uncordon': {
      const { node } = verb;
      const isClosed = verb.verb === 'cordon';
      const { isCordoned } = await cluster.readNode(node);
      return {
        detail: { verb: verb.verb, node, before: { unschedulable: isCordoned } },
        write:
          isCordoned === isClosed
            ? null
            : (isRehearsal) => cluster.patchNode(node, cordonPatch(isClosed), isRehearsal),
      };
    }
  }
}

/** Null where the pod that was meant by its uid is gone already; one that is meant by its name must be there. */
async function readPod(cluster: KubernetesClient, namespace: string, pod: string, uid: string | null) {
  try {
    const seen = await cluster.readPod(namespace, pod);
    return uid === null || seen.uid === uid ? seen : null;
  } catch (error) {
    if (uid !== null && isKubernetesRefusal(error) && error.code === 404) return null;
    throw error;
  }
}

function outcomeOf(error: unknown, isWriting: boolean, { secrets }: ExecutionTarget): StepOutcome {
  const outcome = isKubernetesRefusal(error)
    ? judgeKubernetesRefusal(error, isWriting)
    : isWriting
      ? outcomeOfLostCall(error)
      : outcomeBeforeEffect(error);
  return withoutSecrets(outcome, secrets);
}
