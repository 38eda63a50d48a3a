import type { FieldError } from '../../common/errors/domain-error';
import { type FieldRule, integerRule, isMissing, oneOfRule, textRule } from '../../common/validation/fields';
import { ACTION_TYPES, type ActionType } from '../actions/action-type';
import { entryOf, MAX_RETRIES, MAX_TIMEOUT_SECONDS } from '../policy/catalogue';
import { type Parameters, schemaProblems, shapeProblem } from '../policy/parameter-schema';
import { readVerification } from '../verification/verification-request';
import { readRunbookParameters, type RunbookParameters } from './runbook-parameters';
import { hasPlaceholders, templateProblemIn, type TemplateScope } from './template';

/** What happens when a step fails. */
export const FAILURE_POLICIES = ['stop', 'continue', 'rollback'] as const;
export type FailurePolicy = (typeof FAILURE_POLICIES)[number];

/** What a step is done to: the target that is bound to the anomaly, one by its name, or one by its labels. */
export type StepTarget =
  'bound' | { readonly name: string } | { readonly labels: Readonly<Record<string, string>> };

/** One step, with its members as the document has them. */
export interface RunbookStep {
  readonly name: string;
  readonly action: ActionType;
  readonly target: StepTarget;
  readonly parameters: Parameters;
  readonly timeout_seconds?: number;
  readonly retries?: number;
  /** Only ever false: what the catalogue does not call idempotent is not made so by saying it. */
  readonly idempotent?: false;
  readonly on_failure: FailurePolicy;
}

/** A runbook as it is kept: the members as the document has them, checked, with what may be left out filled in. */
export interface RunbookDefinition {
  readonly name: string;
  readonly description: string;
  readonly parameters: RunbookParameters;
  readonly steps: readonly RunbookStep[];
  /** What shows that it has helped, as it is declared; what is left out is left to the catalogue and the anomaly. */
  readonly verify?: object;
}

const MAX_NAME_LENGTH = 100;
const MAX_DESCRIPTION_LENGTH = 2_000;
const MAX_STEPS = 20;
const MAX_TARGET_LABELS = 10;
const MAX_LABEL_LENGTH = 2_048;

type Members = Readonly<Record<string, { readonly rule: FieldRule; readonly isRequired?: boolean }>>;
type Fields = Readonly<Record<string, unknown>>;

/** Whatever an outer check looks into by itself. */
const anything: FieldRule = () => null;

const DEFINITION: Members = {
  name: { rule: nameRule, isRequired: true },
  description: { rule: textRule(MAX_DESCRIPTION_LENGTH), isRequired: true },
  parameters: { rule: anything },
  steps: {
    rule: (value, field) =>
      Array.isArray(value) && value.length > 0 && value.length <= MAX_STEPS
        ? null
        : `${field} must be a list of 1 to ${MAX_STEPS} steps`,
    isRequired: true,
  },
  verify: {
    rule: (value, field) => {
      const reading = readVerification(value, field);
      return 'problem' in reading ? reading.problem : null;
    },
  },
};

const STEP: Members = {
  name: { rule: nameRule, isRequired: true },
  action: { rule: oneOfRule(ACTION_TYPES, 'Invalid action_type'), isRequired: true },
  target: { rule: anything },
  parameters: { rule: shapeProblem },
  timeout_seconds: { rule: integerRule(1, MAX_TIMEOUT_SECONDS) },
  retries: { rule: integerRule(0, MAX_RETRIES) },
  idempotent: {
    rule: (value, field) =>
      value === false ? null : `${field} can only be false: what is idempotent, the catalogue says`,
  },
  on_failure: { rule: oneOfRule(FAILURE_POLICIES) },
};

/** A checked definition, or every rule that a document breaks, each with its place. */
export type DefinitionReading =
  { readonly definition: RunbookDefinition } | { readonly errors: readonly FieldError[] };

/**
 * Checks a document as a runbook. Members that it does not know are refused: one that is misspelt would silently not hold.
 * @example readDefinition({ name: 'x', description: 'y', steps: [] }) // { errors: [{ field: 'steps', message: 'steps must be …' }] }
 */
export function readDefinition(document: unknown): DefinitionReading {
  const errors: FieldError[] = [];
  if (!checkMembers(document, 'definition', '', DEFINITION, errors)) return { errors };
  const parameters = readRunbookParameters(document.parameters ?? {}, errors);
  const scope = { parameters: Object.keys(parameters), hasTargetName: true };
  const steps = Array.isArray(document.steps) ? document.steps.slice(0, MAX_STEPS) : [];
  const read = steps.map((step, index) => readStep(step, `steps[${index}]`, scope, errors));
  refuseDoubles(read, errors);
  if (errors.length > 0) return { errors };
  return {
    definition: {
      name: document.name as string,
      description: document.description as string,
      parameters,
      steps: read as RunbookStep[],
      ...given<Pick<RunbookDefinition, 'verify'>>(document, ['verify']),
    },
  };
}

/** Null where something is wrong with it, which then stands among the errors. */
function readStep(
  step: unknown,
  path: string,
  scope: TemplateScope,
  errors: FieldError[],
): RunbookStep | null {
  const before = errors.length;
  if (!checkMembers(step, path, path, STEP, errors)) return null;
  const target = readTarget(step.target ?? 'bound', `${path}.target`, scope, errors);
  const parameters = step.parameters ?? {};
  if (errors.length > before) return null;
  const ofStep = { ...scope, hasTargetName: target === 'bound' || (target !== null && 'name' in target) };
  const type = step.action as ActionType;
  checkStepParameters(type, parameters as Parameters, `${path}.parameters`, ofStep, errors);
  if (errors.length > before) return null;
  return {
    name: step.name as string,
    action: type,
    target: target as StepTarget,
    parameters: parameters as Parameters,
    ...given<Pick<RunbookStep, 'timeout_seconds' | 'retries' | 'idempotent'>>(step, [
      'timeout_seconds',
      'retries',
      'idempotent',
    ]),
    on_failure: (step.on_failure ?? 'stop') as FailurePolicy,
  };
}

/** What can be said before placeholders are filled in: those there are exist, and what has none fits the catalogue. */
function checkStepParameters(
  type: ActionType,
  parameters: Parameters,
  path: string,
  scope: TemplateScope,
  errors: FieldError[],
): void {
  const found = templateProblemIn(parameters, path, scope);
  if (found !== null) errors.push({ field: found.path, message: `${found.path}: ${found.problem}` });
  const closed = Object.entries(entryOf(type).parameters).filter(([name]) => !isOpen(parameters[name]));
  errors.push(...schemaProblems(Object.fromEntries(closed), parameters, path));
}

function readTarget(
  target: unknown,
  path: string,
  scope: TemplateScope,
  errors: FieldError[],
): StepTarget | null {
  const refuse = (field: string, message: string): null => {
    errors.push({ field, message });
    return null;
  };
  if (target === 'bound') return target;
  const members = isObject(target) ? Object.keys(target) : [];
  if (!isObject(target) || members.length !== 1 || !['name', 'labels'].includes(members[0]))
    return refuse(path, `${path} must be bound, or an object with either name or labels`);
  if (members[0] === 'name') {
    const problem = nameRule(target.name, `${path}.name`);
    if (problem !== null) return refuse(`${path}.name`, problem);
    // A name that came out of an alert's text would let that text choose what is acted on.
    if (hasPlaceholders(target.name as string))
      return refuse(`${path}.name`, `${path}.name takes no placeholders`);
    return { name: target.name as string };
  }
  const { labels } = target;
  const names = isObject(labels) ? Object.keys(labels) : [];
  if (
    !isObject(labels) ||
    names.length === 0 ||
    names.length > MAX_TARGET_LABELS ||
    names.some((name) => textRule(MAX_LABEL_LENGTH)(labels[name], name) !== null)
  )
    return refuse(`${path}.labels`, `${path}.labels must have 1 to ${MAX_TARGET_LABELS} labels, each a text`);
  const found = templateProblemIn(labels, `${path}.labels`, { ...scope, hasTargetName: false });
  if (found !== null) return refuse(found.path, `${found.path}: ${found.problem}`);
  return { labels: labels as Record<string, string> };
}

/** Steps are spoken of by their names. */
function refuseDoubles(steps: readonly (RunbookStep | null)[], errors: FieldError[]): void {
  steps.forEach((step, index) => {
    const first = steps.findIndex((other) => other !== null && other.name === step?.name);
    if (step !== null && first < index)
      errors.push({
        field: `steps[${index}].name`,
        message: `steps[${index}].name is that of steps[${first}]`,
      });
  });
}

/** Checks what an object has and lacks: first what it lacks, then each member by its rule, then what is not known. */
function checkMembers(
  value: unknown,
  what: string,
  path: string,
  members: Members,
  errors: FieldError[],
): value is Fields {
  if (!isObject(value)) {
    errors.push({ field: what, message: `${what} must be an object` });
    return false;
  }
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const broken: FieldError[] = [];
  for (const [name, { rule, isRequired = false }] of Object.entries(members)) {
    const sent = Object.hasOwn(value, name) ? value[name] : undefined;
    if (isRequired ? isMissing(sent) : sent === undefined || sent === null) {
      if (isRequired) errors.push({ field: at(name), message: `Missing required field: ${at(name)}` });
      continue;
    }
    const message = rule(sent, at(name));
    if (message !== null) broken.push({ field: at(name), message });
  }
  errors.push(...broken);
  for (const name of Object.keys(value))
    if (!Object.hasOwn(members, name))
      errors.push({
        field: at(name),
        message: `${at(name)} is not known; there are ${Object.keys(members).join(', ')}`,
      });
  return true;
}

function given<Members extends object>(step: Fields, names: readonly (keyof Members & string)[]): Members {
  return Object.fromEntries(
    names.filter((name) => step[name] !== undefined && step[name] !== null).map((name) => [name, step[name]]),
  ) as Members;
}

function nameRule(value: unknown, field: string): string | null {
  return typeof value === 'string' && value.trim() === ''
    ? `Missing required field: ${field}`
    : textRule(MAX_NAME_LENGTH)(value, field);
}

/** Known only when it is filled in. */
function isOpen(value: unknown): boolean {
  return typeof value === 'string' && hasPlaceholders(value);
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
