import { SEVERITIES, type Severity } from '../../anomaly/anomaly.types';
import type { FieldError } from '../../common/errors/domain-error';
import type { ActionType } from '../actions/action-type';
import type { Priority } from '../actions/priority';
import { type RunbookParameters, settleParameters } from '../runbooks/runbook-parameters';
import { hasPlaceholders, templateProblemIn } from '../runbooks/template';
import { entryOf } from './catalogue';
import type { Issue } from './engine';
import { type Parameters, schemaProblems, shapeProblem } from './parameter-schema';

/** What a caller asks for; what is left out has a default. */
export interface RequestedRule {
  readonly name: string;
  readonly position?: number;
  readonly enabled?: boolean;
  readonly continues?: boolean;
  readonly min_severity?: Severity;
  readonly max_severity?: Severity;
  readonly sources?: readonly string[];
  readonly matchers?: readonly string[];
  readonly series?: string;
  readonly issues?: readonly Issue[];
  readonly runbook_id?: number;
  readonly action_type?: ActionType;
  readonly parameters?: Parameters;
  readonly priority?: Priority;
  readonly cooldown_seconds?: number;
  readonly verify?: object;
}

const IN_RULES = { parameters: [], hasTargetName: true };

/**
 * What of a rule contradicts itself: it has one remedy, severities in their order, and parameters whose placeholders exist.
 * `declared` are the parameters of its runbook, where it has one.
 */
export function ruleProblems(rule: RequestedRule, declared: RunbookParameters | null): FieldError[] {
  const { min_severity: min = 'low', max_severity: max = 'critical', parameters = {} } = rule;
  const problem = (field: string, message: string): FieldError => ({ field, message });
  if ((rule.runbook_id === undefined) === (rule.action_type === undefined))
    return [problem('runbook_id', 'Give either runbook_id or action_type')];
  if (SEVERITIES.indexOf(min) > SEVERITIES.indexOf(max))
    return [problem('min_severity', 'min_severity must not be above max_severity')];
  const shape = shapeProblem(parameters, 'parameters');
  if (shape !== null) return [problem('parameters', shape)];
  const found = templateProblemIn(parameters, 'parameters', IN_RULES);
  if (found !== null) return [problem(found.path, `${found.path}: ${found.problem}`)];
  return parameterProblems(rule, parameters, declared);
}

/** Those of values that are known now; what has a placeholder is checked when it is filled in. */
function parameterProblems(
  { action_type: type }: RequestedRule,
  parameters: Parameters,
  declared: RunbookParameters | null,
): FieldError[] {
  const isOpen = (name: string): boolean => {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : null;
    return typeof value === 'string' && hasPlaceholders(value);
  };
  const closed = <T>(members: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(members).filter(([name]) => !isOpen(name)));
  if (type !== undefined) return schemaProblems(closed(entryOf(type).parameters), parameters, 'parameters');
  const stray = Object.keys(parameters)
    .filter((name) => isOpen(name) && !Object.hasOwn(declared ?? {}, name))
    .map((name) => ({
      field: `parameters.${name}`,
      message: `parameters.${name} is no parameter of the runbook`,
    }));
  const settled = settleParameters(closed(declared ?? {}), closed(parameters), 'parameters');
  return [...('errors' in settled ? settled.errors : []), ...stray];
}
