import type { ActionType } from '../actions/action-type';
import { OrderRefused } from './execution.errors';
import type { StepOrder } from './executor.port';
import {
  isKubernetesName,
  isProtectedNamespace,
  KubernetesSettings,
  readWorkload,
  Workload,
} from './kubernetes-settings';
import { OrderParameters } from './order-parameters';
import { readScaleStep, ScaleStep } from './scale-step';

/** What of the API an order comes to. There are no others: no raw patch, no exec, no deletion but of a pod that is made again. */
export type KubernetesVerb =
  | {
      readonly verb: 'restart';
      readonly namespace: string;
      readonly workload: Workload;
      /** The most of it that may be away at once; null: whatever its own strategy says. */
      readonly maxUnavailablePercent: number | null;
    }
  | {
      readonly verb: 'scale';
      readonly namespace: string;
      readonly workload: Workload;
      readonly step: ScaleStep;
    }
  | {
      readonly verb: 'delete_pod';
      readonly namespace: string;
      readonly pod: string;
      /** Null: the pod of that name that runs when it is looked up. */
      readonly uid: string | null;
      readonly graceSeconds: number | null;
    }
  | { readonly verb: 'cordon' | 'uncordon'; readonly node: string };

/** Which action types there is a verb for. */
export const KUBERNETES_TYPES: readonly ActionType[] = [
  'scale_up',
  'scale_down',
  'restart_service',
  'custom',
];

const OPERATIONS = ['delete_pod', 'cordon', 'uncordon', 'rollout_restart'] as const;
const UID = /^[0-9a-f-]{36}$/;
const MAX_GRACE_SECONDS = 600;

/**
 * The verb of an order, within what the settings allow.
 * Throws  OrderRefused for an object outside of the allow-list, a name that is none, or an operation that is not in the catalogue.
 */
export function kubernetesVerb(
  settings: KubernetesSettings,
  { actionType, parameters }: Pick<StepOrder, 'actionType' | 'parameters'>,
): KubernetesVerb {
  const read = new OrderParameters(parameters);
  switch (actionType) {
    case 'restart_service':
      return restart(settings, read);
    case 'scale_up':
    case 'scale_down':
      return scale(settings, read, actionType);
    case 'custom':
      return custom(settings, read);
    default:
      throw new OrderRefused(`${actionType} is nothing that can be done to a cluster`);
  }
}

function custom(settings: KubernetesSettings, read: OrderParameters): KubernetesVerb {
  const operation = OPERATIONS.find((word) => word === read.value('operation'));
  switch (operation) {
    case 'rollout_restart':
      return restart(settings, read);
    case 'delete_pod': {
      const uid = read.value('pod_uid');
      if (uid !== undefined && (typeof uid !== 'string' || !UID.test(uid)))
        throw new OrderRefused('parameters.pod_uid is no uid of a pod');
      return {
        verb: operation,
        namespace: namespaceOf(settings, read),
        pod: nameOf(read, 'pod'),
        uid: uid ?? null,
        graceSeconds: read.integer('grace_seconds', 0, MAX_GRACE_SECONDS),
      };
    }
    case 'cordon':
    case 'uncordon': {
      const node = nameOf(read, 'node');
      if (!settings.nodes.includes(node))
        throw new OrderRefused(`the node ${node} is not among settings.nodes of the target`);
      return { verb: operation, node };
    }
    case undefined:
      throw new OrderRefused(`parameters.operation must be one of ${OPERATIONS.join(', ')}`);
  }
}

function restart(settings: KubernetesSettings, read: OrderParameters): KubernetesVerb {
  if (read.value('grace_seconds') !== undefined)
    throw new OrderRefused(
      'parameters.grace_seconds cannot be kept: in a cluster the pods themselves say how long they may take to end',
    );
  const namespace = namespaceOf(settings, read);
  const maxUnavailablePercent = read.integer('max_unavailable_percent', 1, 100);
  return { verb: 'restart', namespace, workload: workloadOf(settings, read), maxUnavailablePercent };
}

function scale(settings: KubernetesSettings, read: OrderParameters, actionType: ActionType): KubernetesVerb {
  const namespace = namespaceOf(settings, read);
  const workload = workloadOf(settings, read);
  if (workload.kind === 'daemonset')
    throw new OrderRefused('a daemonset has one pod on every node and no size of its own');
  return { verb: 'scale', namespace, workload, step: readScaleStep(settings, actionType, read) };
}

function namespaceOf({ namespaces, defaults }: KubernetesSettings, read: OrderParameters): string {
  const only = namespaces.length === 1 ? namespaces[0] : undefined;
  const namespace = read.value('namespace') ?? defaults.namespace ?? only;
  if (!isKubernetesName(namespace))
    throw new OrderRefused('parameters.namespace must name a namespace, unless the target has a default');
  if (isProtectedNamespace(namespace))
    throw new OrderRefused(`the namespace ${namespace} runs the cluster itself and is never acted in`);
  if (!namespaces.includes(namespace))
    throw new OrderRefused(`the namespace ${namespace} is not among settings.namespaces of the target`);
  return namespace;
}

function workloadOf({ workloads, defaults }: KubernetesSettings, read: OrderParameters): Workload {
  const stated = read.value('workload');
  const only = workloads.length === 1 ? workloads[0] : null;
  const workload = stated === undefined ? (defaults.workload ?? only) : readWorkload(stated);
  if (workload === null)
    throw new OrderRefused(
      'parameters.workload must be written as deployment/name, statefulset/name or daemonset/name, unless the target has a default',
    );
  const isAllowed =
    workloads.length === 0 ||
    workloads.some(({ kind, name }) => kind === workload.kind && name === workload.name);
  if (!isAllowed)
    throw new OrderRefused(`${workload.kind}/${workload.name} is not among settings.workloads of the target`);
  return workload;
}

function nameOf(read: OrderParameters, member: string): string {
  const name = read.value(member);
  if (!isKubernetesName(name)) throw new OrderRefused(`parameters.${member} must be the name of a ${member}`);
  return name;
}
