import type { JsonObject } from './json';
import { SettingsReader } from './settings-reader';

const WORKLOAD_KINDS = ['deployment', 'statefulset', 'daemonset'] as const;
export type WorkloadKind = (typeof WORKLOAD_KINDS)[number];

export interface Workload {
  readonly kind: WorkloadKind;
  readonly name: string;
}

export interface KubernetesSettings {
  /** Of the API server, https. */
  readonly server: string;
  /** The authority of the cluster, in PEM; null: those of the system. */
  readonly ca: string | null;
  /** Where anything may be done at all. */
  readonly namespaces: readonly string[];
  /** What may be restarted and scaled there; empty: everything. */
  readonly workloads: readonly Workload[];
  /** What may be cordoned; empty: nothing. */
  readonly nodes: readonly string[];
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** By how much of what runs one step may change it. */
  readonly maxChangePercent: number;
  /** What an order is about that does not say so. */
  readonly defaults: { readonly namespace: string | null; readonly workload: Workload | null };
}

/** Those that run the cluster itself: never acted in, whatever the settings say. */
const PROTECTED_NAMESPACE =
  /^(kube-.*|openshift.*|istio-system|linkerd.*|cert-manager|calico-.*|cilium.*|tigera-operator|gatekeeper-system|kyverno|flux-system|argocd)$/;
/** RFC 1123. */
const NAME = /^(?![.-])[a-z0-9.-]{1,253}(?<![.-])$/;
const MAX_PEM = 65_536;

/** Whether a namespace runs the cluster itself. */
export function isProtectedNamespace(namespace: string): boolean {
  return PROTECTED_NAMESPACE.test(namespace);
}

/** Whether a text can be the name of an object; nothing else ever becomes a part of a path. */
export function isKubernetesName(text: unknown): text is string {
  return typeof text === 'string' && NAME.test(text);
}

/**
 * A workload as people write it; null where it is none.
 * @example readWorkload('deployment/checkout') // { kind: 'deployment', name: 'checkout' }
 */
export function readWorkload(text: unknown): Workload | null {
  if (typeof text !== 'string') return null;
  const [kind, name, ...rest] = text.split('/');
  const known = WORKLOAD_KINDS.find((word) => word === kind);
  return known === undefined || !isKubernetesName(name) || rest.length > 0 ? null : { kind: known, name };
}

/**
 * The settings of a cluster.
 * Throws  InvalidTarget for members that are missing, unknown or out of range, and for namespaces that run the cluster itself.
 */
export function readKubernetesSettings(value: JsonObject): KubernetesSettings {
  const settings = new SettingsReader(value);
  const defaults = settings.section('defaults');
  const read: KubernetesSettings = {
    server: settings.requiredText('server', 2_000),
    ca: settings.text('ca', MAX_PEM),
    namespaces: settings.texts('namespaces'),
    workloads: settings.texts('workloads').map((text) => workloadOf(settings, 'workloads', text)),
    nodes: settings.texts('nodes'),
    minReplicas: settings.integer('min_replicas', 1, 10_000) ?? 1,
    maxReplicas: settings.integer('max_replicas', 1, 10_000) ?? 10,
    maxChangePercent: settings.integer('max_change_percent', 1, 10_000) ?? 100,
    defaults: {
      namespace: defaults?.text('namespace', 253) ?? null,
      workload: readDefaultWorkload(defaults),
    },
  };
  defaults?.end();
  settings.end();
  if (!read.server.startsWith('https://')) settings.fail('server', 'an https URL');
  if (read.namespaces.length === 0) settings.fail('namespaces', 'a list of at least one namespace');
  if (!read.namespaces.every(isKubernetesName)) settings.fail('namespaces', 'names of namespaces');
  if (!read.nodes.every(isKubernetesName)) settings.fail('nodes', 'names of nodes');
  const guarded = read.namespaces.find(isProtectedNamespace);
  if (guarded !== undefined)
    settings.fail('namespaces', `without ${guarded}, which runs the cluster itself and is never acted in`);
  if (read.minReplicas > read.maxReplicas) settings.fail('min_replicas', 'at most max_replicas');
  return read;
}

function readDefaultWorkload(defaults: SettingsReader | null): Workload | null {
  const text = defaults?.text('workload') ?? null;
  return text === null || defaults === null ? null : workloadOf(defaults, 'workload', text);
}

function workloadOf(reader: SettingsReader, name: string, text: string): Workload {
  return (
    readWorkload(text) ?? reader.fail(name, `written as ${WORKLOAD_KINDS.join(', ')}, a slash and the name`)
  );
}
