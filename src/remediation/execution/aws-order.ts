import type { AwsOperation, AwsSettings, AwsWay } from './aws-settings';
import { OrderRefused } from './execution.errors';
import type { StepOrder } from './executor.port';
import { OrderParameters } from './order-parameters';
import { readScaleStep, ScaleStep } from './scale-step';

/** What of the APIs an order comes to. There is no call that removes anything. */
export type AwsVerb =
  | {
      readonly operation: 'ecs_scale';
      readonly cluster: string;
      readonly service: string;
      readonly step: ScaleStep;
    }
  | { readonly operation: 'ecs_redeploy'; readonly cluster: string; readonly service: string }
  | { readonly operation: 'asg_scale'; readonly group: string; readonly step: ScaleStep }
  | { readonly operation: 'ec2_reboot'; readonly instances: readonly string[] }
  | {
      readonly operation: 'ssm_command';
      readonly document: string;
      readonly version: string | null;
      readonly instances: readonly string[];
      readonly parameters: Readonly<Record<string, string[]>>;
    }
  | {
      readonly operation: 'ssm_automation';
      readonly document: string;
      readonly version: string | null;
      readonly parameters: Readonly<Record<string, string[]>>;
    };

const REFERENCE = '$/';
/** A value becomes one value of a document; it is short, and one line, since documents put it into shells. */
const DOCUMENT_VALUE = /^[\w.\-/:=,@+ ]{0,500}$/;

/**
 * The verb of an order: what its action type does by the settings, on the resources that they name.
 * Throws  OrderRefused for a type without a way, a resource that is not named, or more instances than may be touched.
 */
export function awsVerb(
  settings: AwsSettings,
  { actionType, parameters }: Pick<StepOrder, 'actionType' | 'parameters'>,
): AwsVerb {
  const way = settings.ways.get(actionType);
  if (way === undefined)
    throw new OrderRefused(`the target has no way to do ${actionType} in settings.actions`);
  const read = new OrderParameters(parameters);
  const { operation, cluster, document, documentVersion: version } = way;
  switch (operation) {
    case 'ecs_scale': {
      const step = readScaleStep(settings, actionType, read);
      return { operation, cluster: stated(cluster), service: resourceOf(way, read, 'service'), step };
    }
    case 'ecs_redeploy':
      return { operation, cluster: stated(cluster), service: resourceOf(way, read, 'service') };
    case 'asg_scale':
      return {
        operation,
        group: resourceOf(way, read, 'auto_scaling_group'),
        step: readScaleStep(settings, actionType, read),
      };
    case 'ec2_reboot':
      return { operation, instances: instancesOf(settings, way, read) };
    case 'ssm_command':
      return {
        operation,
        document: stated(document),
        version,
        instances: instancesOf(settings, way, read),
        parameters: documentParameters(way, read),
      };
    case 'ssm_automation':
      return { operation, document: stated(document), version, parameters: documentParameters(way, read) };
  }
}

/** Whether the API itself keeps a second order from having a second effect. */
export function isIdempotentOperation(operation: AwsOperation, hasSize: boolean): boolean {
  if (operation === 'ecs_scale' || operation === 'asg_scale') return hasSize;
  return operation === 'ssm_automation';
}

function resourceOf({ resources }: AwsWay, read: OrderParameters, member: string): string {
  const chosen = read.value(member) ?? (resources.length === 1 ? resources[0] : undefined);
  if (typeof chosen !== 'string')
    throw new OrderRefused(`parameters.${member} must be one of ${resources.join(', ')}`);
  if (!resources.includes(chosen))
    throw new OrderRefused(
      `${JSON.stringify(chosen.slice(0, 100))} is not among the resources of the target`,
    );
  return chosen;
}

function instancesOf({ maxInstances }: AwsSettings, { resources }: AwsWay, read: OrderParameters): string[] {
  const chosen: unknown = read.value('instances') ?? resources;
  if (!isTextList(chosen) || chosen.length === 0 || new Set(chosen).size !== chosen.length)
    throw new OrderRefused('parameters.instances must be a list of different ids');
  const unknown = chosen.find((id) => !resources.includes(id));
  if (unknown !== undefined)
    throw new OrderRefused(
      `${JSON.stringify(unknown.slice(0, 100))} is not among the resources of the target`,
    );
  if (chosen.length > maxInstances)
    throw new OrderRefused(
      `${chosen.length} instances are more than ${maxInstances}, the most that the target allows at once`,
    );
  return [...chosen];
}

function documentParameters({ documentParameters }: AwsWay, read: OrderParameters): Record<string, string[]> {
  return Object.fromEntries(
    [...documentParameters].map(([name, texts]) => [name, texts.flatMap((text) => valueOf(text, read))]),
  );
}

/** A reference to a parameter that is absent is left out, so that the document's own default holds. */
function valueOf(text: string, read: OrderParameters): string[] {
  if (!text.startsWith(REFERENCE)) return [text];
  const name = text.slice(REFERENCE.length);
  const value = read.value(name);
  if (value === undefined) return [];
  if (isPlain(value) && DOCUMENT_VALUE.test(String(value))) return [String(value)];
  throw new OrderRefused(
    `parameters.${name} must be a plain value of letters, digits and . - _ / : = , @ +, since documents may hand it to a shell`,
  );
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function stated(text: string | null): string {
  if (text === null) throw new OrderRefused('the settings of the target lack what its operation acts on');
  return text;
}
