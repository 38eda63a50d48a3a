import { ACTION_TYPES, type ActionType } from '../actions/action-type';
import type { JsonObject, JsonValue } from './json';
import type { ScaleLimits } from './scale-step';
import { SettingsReader } from './settings-reader';

export const AWS_OPERATIONS = [
  'ecs_scale',
  'ecs_redeploy',
  'asg_scale',
  'ec2_reboot',
  'ssm_command',
  'ssm_automation',
] as const;
export type AwsOperation = (typeof AWS_OPERATIONS)[number];

/** What one action type does, and to which resources: no others can be reached. */
export interface AwsWay {
  readonly operation: AwsOperation;
  readonly cluster: string | null;
  /** Names of services, groups or instances; an order chooses among them. */
  readonly resources: readonly string[];
  readonly document: string | null;
  readonly documentVersion: string | null;
  /** What the document is given; a text `$/name` stands for a parameter of the order. */
  readonly documentParameters: ReadonlyMap<string, readonly string[]>;
}

export interface AwsSettings extends ScaleLimits {
  readonly region: string;
  /** In the place of the region's own endpoints. */
  readonly endpoint: string | null;
  readonly ways: ReadonlyMap<ActionType, AwsWay>;
  /** How many instances one order may touch. */
  readonly maxInstances: number;
}

const REGION = /^[a-z]{2}-[a-z-]{2,30}-\d{1,2}$/;
const NAME = /^[\w.\-/+=,@: ]{1,255}$/;
const INSTANCE = /^m?i-[0-9a-f]{8,32}$/;
const SCALING: readonly ActionType[] = ['scale_up', 'scale_down'];

/**
 * The settings of an AWS account.
 * Throws  InvalidTarget for members that are missing, unknown or out of range, and operations without what they act on.
 */
export function readAwsSettings(value: JsonObject): AwsSettings {
  const settings = new SettingsReader(value);
  const ways = settings
    .entries('actions', ACTION_TYPES)
    .map(([type, way]) => [type as ActionType, readWay(type as ActionType, way)] as const);
  const read: AwsSettings = {
    region: settings.requiredText('region', 40),
    endpoint: settings.text('endpoint', 2_000),
    ways: new Map(ways),
    minReplicas: settings.integer('min_replicas', 0, 10_000) ?? 1,
    maxReplicas: settings.integer('max_replicas', 1, 10_000) ?? 10,
    maxChangePercent: settings.integer('max_change_percent', 1, 10_000) ?? 100,
    maxInstances: settings.integer('max_instances', 1, 50) ?? 1,
  };
  settings.end();
  if (!REGION.test(read.region)) settings.fail('region', 'a region such as eu-west-1');
  if (read.ways.size === 0) settings.fail('actions', 'a section with at least one action type');
  if (read.minReplicas > read.maxReplicas) settings.fail('min_replicas', 'at most max_replicas');
  return read;
}

function readWay(type: ActionType, reader: SettingsReader): AwsWay {
  const operation =
    reader.oneOf('operation', AWS_OPERATIONS) ??
    reader.fail('operation', `one of ${AWS_OPERATIONS.join(', ')}`);
  const [cluster, document] = [reader.text('cluster'), reader.text('document')];
  const lists = {
    services: reader.texts('services'),
    groups: reader.texts('groups'),
    instances: reader.texts('instances'),
  };
  const way: AwsWay = {
    operation,
    cluster,
    document,
    documentVersion: reader.text('document_version', 20),
    resources: [...lists.services, ...lists.groups, ...lists.instances],
    documentParameters: new Map(readDocumentParameters(reader)),
  };
  reader.end();
  const isScaling = operation === 'ecs_scale' || operation === 'asg_scale';
  if (isScaling !== SCALING.includes(type))
    reader.fail(
      'operation',
      isScaling ? 'for scale_up and scale_down only' : 'ecs_scale or asg_scale for a change of size',
    );
  const isEcs = operation.startsWith('ecs_');
  if (isEcs !== (cluster !== null)) reader.fail('cluster', isEcs ? 'the name of a cluster' : 'left out');
  const isSsm = operation.startsWith('ssm_');
  if (isSsm !== (document !== null)) reader.fail('document', isSsm ? 'the name of a document' : 'left out');
  const wanted = isEcs ? 'services' : operation === 'asg_scale' ? 'groups' : 'instances';
  for (const [name, list] of Object.entries(lists)) {
    // An automation acts on what its own parameters say.
    const isWanted = name === wanted && operation !== 'ssm_automation';
    if (isWanted ? list.length === 0 : list.length > 0)
      reader.fail(name, isWanted ? `a list of at least one` : 'left out');
  }
  if (![cluster, document].every((name) => name === null || NAME.test(name)))
    reader.fail('operation', 'with names of AWS');
  if (!way.resources.every((name) => NAME.test(name))) reader.fail(wanted, 'names of AWS');
  if (!lists.instances.every((id) => INSTANCE.test(id)))
    reader.fail('instances', 'ids of instances such as i-0123456789abcdef0');
  return way;
}

function readDocumentParameters(reader: SettingsReader): [string, readonly string[]][] {
  const section = reader.section('document_parameters');
  if (section === null) return [];
  return section.names().map((name): [string, readonly string[]] => {
    const value: JsonValue | undefined = section.json(name);
    return [name, typeof value === 'string' ? [value] : section.texts(name, 50, 2_000)];
  });
}
