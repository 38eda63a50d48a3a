import type { Labels } from '../metrics/labels';
import { InvalidWireBody } from './protocols.errors';

/** An OTLP AnyValue. Integers that no double holds are bigint; null is a value that was not set. */
export type AttributeValue =
  string | boolean | number | bigint | null | Uint8Array | readonly AttributeValue[] | AttributeMap;

export type Attribute = readonly [key: string, value: AttributeValue];

/** A map among attribute values (a KeyValueList). */
export class AttributeMap {
  constructor(readonly members: readonly Attribute[]) {}
}

const INSTANCE = 'service.instance.id';
const MAX_DEPTH = 10;
/** Far more than a series may have as labels, and few enough to stop early. */
const MAX_ATTRIBUTES = 1024;

/** Refuses a list of more than 1,024 attributes, for readers to ask as it grows. */
export function checkAttributeCount(count: number): void {
  if (count > MAX_ATTRIBUTES)
    throw new InvalidWireBody(`a data point or a resource has more than ${MAX_ATTRIBUTES} attributes`);
}

/** Refuses arrays and maps that stand in each other more than ten deep, for readers to ask before they go further (safety T20). */
export function checkAttributeDepth(depth: number): void {
  if (depth > MAX_DEPTH) throw new InvalidWireBody(`an attribute is nested deeper than ${MAX_DEPTH} levels`);
}

/**
 * The attributes of a resource that become labels of all its series. Not all of them do: many name one process or one build, and each
 * restart would begin every series anew.
 */
const RESOURCE_LABELS: ReadonlySet<string> = new Set([
  'cloud.availability_zone',
  'cloud.region',
  'container.name',
  'deployment.environment',
  'deployment.environment.name',
  'host.name',
  'k8s.cluster.name',
  'k8s.container.name',
  'k8s.cronjob.name',
  'k8s.daemonset.name',
  'k8s.deployment.name',
  'k8s.job.name',
  'k8s.namespace.name',
  'k8s.node.name',
  'k8s.pod.name',
  'k8s.statefulset.name',
  'service.name',
  'service.namespace',
]);

/** Whether an attribute of a resource is used; the others need not be read. */
export function isResourceLabel(key: string): boolean {
  return RESOURCE_LABELS.has(key) || key === INSTANCE;
}

/**
 * An attribute's value as a label's: texts as they are, bytes in base64, lists and maps as JSON, a value that was not set as none.
 * @example attributeText(['a', 1, true]) // '["a",1,true]'
 */
export function attributeText(value: AttributeValue): string {
  if (value === null) return '';
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return typeof value === 'object' ? jsonText(value) : String(value);
}

/**
 * The labels of a resource: `job` from `service.namespace/service.name`, `instance` from `service.instance.id`, as Prometheus has them,
 * and those attributes that say where it runs, under their own names.
 * @example resourceLabels([['service.name', 'checkout'], ['process.pid', 7]]) // { job: 'checkout', service_name: 'checkout' }
 */
export function resourceLabels(attributes: readonly Attribute[]): Labels {
  const texts = new Map(attributes.map(([key, value]) => [key, attributeText(value)]));
  const service = texts.get('service.name');
  const namespace = texts.get('service.namespace');
  const instance = texts.get(INSTANCE);
  const kept = attributes.filter(([key]) => RESOURCE_LABELS.has(key));
  return {
    ...attributeLabels(kept),
    ...(service && { job: namespace ? `${namespace}/${service}` : service }),
    ...(instance && { instance }),
  };
}

/**
 * Attributes as labels. Attributes that share a label's name have it together, joined by `;` in the order of their keys.
 * @example attributeLabels([['host.name', 'a'], ['host_name', 'b']]) // { host_name: 'a;b' }
 */
export function attributeLabels(attributes: readonly Attribute[]): Labels {
  const labels = new Map<string, string>();
  const inOrder = [...attributes].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  for (const [key, value] of inOrder) {
    const name = labelName(key);
    const before = labels.get(name);
    const text = attributeText(value);
    labels.set(name, before === undefined ? text : `${before};${text}`);
  }
  return Object.fromEntries(labels);
}

/**
 * A metric's name in Prometheus' letters: any other character becomes `_`, and a leading digit gets one before it. No unit or type is
 * added to it: the name that a team knows stays findable.
 * @example metricName('http.server.duration') // 'http_server_duration'
 */
export function metricName(name: string): string {
  return withoutLeadingDigit(name.replaceAll(/[^a-zA-Z0-9_:]/gu, '_'));
}

function labelName(key: string): string {
  return withoutLeadingDigit(key.replaceAll(/[^a-zA-Z0-9_]/gu, '_'));
}

function withoutLeadingDigit(name: string): string {
  return /^[0-9]/.test(name) ? `_${name}` : name;
}

function jsonText(value: AttributeValue): string {
  if (value instanceof AttributeMap) {
    const members = value.members.map(([key, of]) => `${JSON.stringify(key)}:${jsonText(of)}`);
    return `{${members.join(',')}}`;
  }
  if (Array.isArray(value)) return `[${(value as AttributeValue[]).map((item) => jsonText(item)).join(',')}]`;
  const isPlain = value === null || typeof value === 'boolean' || typeof value === 'bigint';
  if (isPlain || (typeof value === 'number' && Number.isFinite(value))) return String(value);
  return JSON.stringify(attributeText(value));
}
