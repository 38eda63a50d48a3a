import type {
  AppsV1Api,
  AuthorizationV1Api,
  CoreV1Api,
  V1PodTemplateSpec,
  V1Scale,
} from '@kubernetes/client-node';

import { EgressClient, EgressRequest } from '../../egress/egress.client';
import { InvalidTarget } from './execution.errors';
import type { ExecutionTarget } from './executor.port';
import type { JsonObject } from './json';
import { RolloutStrategy, STEP_ANNOTATION } from './kubernetes-patch';
import type { KubernetesSettings, Workload } from './kubernetes-settings';

const CALL_MS = 30_000;
/** Objects of a cluster are large at times; lists are never asked for. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const FIELD_MANAGER = 'smartcloudops';

export interface SeenWorkload {
  readonly replicas: number;
  readonly strategy: RolloutStrategy;
  /** The step of ours that restarted it last. */
  readonly lastStep: string | null;
}

export interface SeenPod {
  readonly uid: string;
  /** Whether something makes it again. */
  readonly isOwned: boolean;
}

/** The verbs of the catalogue on one cluster, by the official client, whose every call leaves through the egress client. */
export class KubernetesClient {
  private constructor(
    private readonly apps: AppsV1Api,
    private readonly core: CoreV1Api,
    private readonly authorization: AuthorizationV1Api,
    private readonly asStrategicPatch: Parameters<AppsV1Api['patchNamespacedDeployment']>[1],
  ) {}

  /** Throws  InvalidTarget where the target has no credentials. */
  static async open(
    egress: EgressClient,
    target: ExecutionTarget,
    settings: KubernetesSettings,
    signal: AbortSignal,
  ): Promise<KubernetesClient> {
    const credentials = credentialsOf(target, settings);
    // Loaded where it is first needed: it is large, and most that run the product have other targets.
    const kubernetes = await import('@kubernetes/client-node');
    const { ResponseContext, ServerConfiguration, createConfiguration, setHeaderOptions, wrapHttpLibrary } =
      kubernetes;
    const httpApi = wrapHttpLibrary({
      send: async (request) => {
        const body = request.getBody();
        const answer = await egress.fetch({
          ...credentials,
          url: request.getUrl(),
          method: request.getHttpMethod(),
          headers: { ...request.getHeaders(), ...credentials.headers },
          // The client makes texts of all that it sends here; a form is for no route of these.
          ...(typeof body === 'string' && { body }),
          timeoutMs: CALL_MS,
          maxBytes: MAX_ANSWER_BYTES,
          signal,
        });
        return new ResponseContext(answer.status, { ...answer.headers }, bodyOf(answer.body));
      },
    });
    const baseServer = new ServerConfiguration(settings.server.replace(/\/$/, ''), {});
    const configuration = createConfiguration({ httpApi, baseServer });
    return new KubernetesClient(
      new kubernetes.AppsV1Api(configuration),
      new kubernetes.CoreV1Api(configuration),
      new kubernetes.AuthorizationV1Api(configuration),
      setHeaderOptions('Content-Type', kubernetes.PatchStrategy.StrategicMergePatch),
    );
  }

  async readWorkload(namespace: string, { kind, name }: Workload): Promise<SeenWorkload> {
    const at = { namespace, name };
    if (kind === 'deployment') {
      const { spec } = await this.apps.readNamespacedDeployment(at);
      return seenWorkload(spec?.template, spec?.replicas, spec?.strategy);
    }
    if (kind === 'statefulset') {
      const { spec } = await this.apps.readNamespacedStatefulSet(at);
      return seenWorkload(spec?.template, spec?.replicas, spec?.updateStrategy);
    }
    const { spec, status } = await this.apps.readNamespacedDaemonSet(at);
    return seenWorkload(spec?.template, status?.desiredNumberScheduled, spec?.updateStrategy);
  }

  async patchWorkload(
    namespace: string,
    { kind, name }: Workload,
    body: JsonObject,
    isRehearsal: boolean,
  ): Promise<void> {
    const patch = { namespace, name, body, ...writing(isRehearsal) };
    if (kind === 'deployment') await this.apps.patchNamespacedDeployment(patch, this.asStrategicPatch);
    else if (kind === 'statefulset') await this.apps.patchNamespacedStatefulSet(patch, this.asStrategicPatch);
    else await this.apps.patchNamespacedDaemonSet(patch, this.asStrategicPatch);
  }

  readScale(namespace: string, { kind, name }: Workload): Promise<V1Scale> {
    return kind === 'deployment'
      ? this.apps.readNamespacedDeploymentScale({ namespace, name })
      : this.apps.readNamespacedStatefulSetScale({ namespace, name });
  }

  /** Sets the size of what was read; refused by the cluster with 409 where it has changed since. */
  async replaceScale(
    namespace: string,
    { kind, name }: Workload,
    seen: V1Scale,
    replicas: number,
    isRehearsal: boolean,
  ): Promise<void> {
    const body: V1Scale = { metadata: seen.metadata, spec: { replicas } };
    const order = { namespace, name, body, ...writing(isRehearsal) };
    if (kind === 'deployment') await this.apps.replaceNamespacedDeploymentScale(order);
    else await this.apps.replaceNamespacedStatefulSetScale(order);
  }

  async readPod(namespace: string, name: string): Promise<SeenPod> {
    const { metadata } = await this.core.readNamespacedPod({ namespace, name });
    const isOwned = (metadata?.ownerReferences ?? []).some(({ controller }) => controller === true);
    return { uid: metadata?.uid ?? '', isOwned };
  }

  /** Deletes exactly the pod with this uid; a new one of its name is left alone. */
  async deletePod(
    namespace: string,
    name: string,
    uid: string,
    gracePeriodSeconds: number | null,
    isRehearsal: boolean,
  ): Promise<void> {
    const { dryRun } = writing(isRehearsal);
    await this.core.deleteNamespacedPod({
      namespace,
      name,
      ...(dryRun !== undefined && { dryRun }),
      body: {
        preconditions: { uid },
        ...(gracePeriodSeconds !== null && { gracePeriodSeconds }),
        ...(dryRun !== undefined && { dryRun: [dryRun] }),
      },
    });
  }

  async readNode(name: string): Promise<{ isCordoned: boolean }> {
    const { spec } = await this.core.readNode({ name });
    return { isCordoned: spec?.unschedulable === true };
  }

  async patchNode(name: string, body: JsonObject, isRehearsal: boolean): Promise<void> {
    await this.core.patchNode({ name, body, ...writing(isRehearsal) }, this.asStrategicPatch);
  }

  /** Whether our identity may do a verb there, by the cluster's own word. */
  async may(verb: string, resource: string, namespace: string): Promise<boolean> {
    const [name, subresource] = resource.split('/');
    const resourceAttributes = { group: 'apps', resource: name, subresource, namespace, verb };
    const { status } = await this.authorization.createSelfSubjectAccessReview({
      body: { spec: { resourceAttributes } },
    });
    return status?.allowed === true;
  }
}

function seenWorkload(
  template: V1PodTemplateSpec | undefined,
  replicas = 1,
  strategy: RolloutStrategy = {},
): SeenWorkload {
  return { replicas, strategy, lastStep: template?.metadata?.annotations?.[STEP_ANNOTATION] ?? null };
}

function writing(isRehearsal: boolean): { fieldManager: string; dryRun?: 'All' } {
  return { fieldManager: FIELD_MANAGER, ...(isRehearsal && { dryRun: 'All' as const }) };
}

type Credentials = Pick<EgressRequest, 'tls'> & { readonly headers: Record<string, string> };

function credentialsOf({ name, secrets }: ExecutionTarget, { ca }: KubernetesSettings): Credentials {
  const token = secrets.open('token');
  const [cert, key] = [secrets.open('client_certificate'), secrets.open('client_key')];
  if (token === null && (cert === null || key === null))
    throw new InvalidTarget(
      `${name} has no credentials; set secrets.token, or secrets.client_certificate and secrets.client_key`,
    );
  return {
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    tls: { ...(ca !== null && { ca }), ...(cert !== null && key !== null && { cert, key }) },
  };
}

function bodyOf(bytes: Buffer) {
  return {
    text: () => Promise.resolve(bytes.toString('utf8')),
    binary: () => Promise.resolve(bytes),
    stream: () => null,
  };
}
