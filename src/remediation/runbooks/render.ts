import type { FieldError } from '../../common/errors/domain-error';
import type { ActionType } from '../actions/action-type';
import { entryOf, parametersProblem } from '../policy/catalogue';
import type { Parameters } from '../policy/parameter-schema';
import type { FailurePolicy, RunbookDefinition, RunbookStep, StepTarget } from './runbook-definition';
import { settleParameters } from './runbook-parameters';
import { fillIn, MissingValue, type TemplateFacts } from './template';

/** A step with everything filled in: what is to be done, to what, and how long and how often it is tried. */
export interface RenderedStep {
  readonly name: string;
  readonly action: ActionType;
  readonly target: StepTarget;
  readonly parameters: Parameters;
  readonly timeoutSeconds: number;
  readonly retries: number;
  readonly isIdempotent: boolean;
  readonly onFailure: FailurePolicy;
}

/** What a runbook is rendered for. */
export interface RenderFacts {
  readonly anomaly: TemplateFacts['anomaly'];
  /** As given; the runbook's own defaults stand in for the rest. */
  readonly parameters: Parameters;
  /** The name of the target that is bound to the anomaly; null where none is. */
  readonly targetName: string | null;
}

/** A runbook that cannot be filled in for an anomaly, with what is missing or wrong, and where. */
export class NotRendered extends Error {
  constructor(readonly errors: readonly FieldError[]) {
    super(errors[0].message);
    this.name = 'NotRendered';
  }
}

/**
 * The steps of a runbook for one anomaly: placeholders filled in, the catalogue's timeouts and retries where the runbook has none, and the
 * outcome held against the catalogue, since only now is it known what a placeholder says.
 * Throws  NotRendered.
 */
export function render(definition: RunbookDefinition, facts: RenderFacts): RenderedStep[] {
  const settled = settleParameters(definition.parameters, facts.parameters, 'parameters');
  if ('errors' in settled) throw new NotRendered(settled.errors);
  const errors: FieldError[] = [];
  const steps = definition.steps.map((step, index) => {
    try {
      return renderStep(step, { ...facts, parameters: settled.parameters });
    } catch (error) {
      if (!(error instanceof MissingValue || error instanceof UnfitValue)) throw error;
      const place = `steps[${index}]`;
      errors.push({ field: place, message: `${place} (${step.name}): ${error.message}` });
      return null;
    }
  });
  if (errors.length > 0) throw new NotRendered(errors);
  return steps.filter((step) => step !== null);
}

/** A single action as a runbook of one step; what a rule without a runbook asks for. Throws  NotRendered. */
export function renderAction(action: ActionType, facts: RenderFacts): RenderedStep {
  const step: RunbookStep = {
    name: action,
    action,
    target: 'bound',
    parameters: facts.parameters,
    on_failure: 'stop',
  };
  try {
    return renderStep(step, { ...facts, parameters: {} });
  } catch (error) {
    if (!(error instanceof MissingValue || error instanceof UnfitValue)) throw error;
    throw new NotRendered([{ field: 'parameters', message: error.message }]);
  }
}

/** A value that does not fit the catalogue once it is filled in. */
class UnfitValue extends Error {}

function renderStep(step: RunbookStep, facts: TemplateFacts): RenderedStep {
  const entry = entryOf(step.action);
  const { target } = step;
  const targetName = typeof target === 'object' && 'name' in target ? target.name : facts.targetName;
  const parameters = fillIn(step.parameters, { ...facts, targetName }) as Parameters;
  const problem = parametersProblem(step.action, parameters);
  if (problem !== null) throw new UnfitValue(problem);
  return {
    name: step.name,
    action: step.action,
    target:
      typeof target === 'object' && 'labels' in target
        ? { labels: textsOf(fillIn(target.labels, facts) as Parameters) }
        : target,
    parameters,
    timeoutSeconds: step.timeout_seconds ?? entry.timeoutSeconds,
    retries: step.retries ?? entry.retries,
    isIdempotent: step.idempotent ?? entry.isIdempotent,
    onFailure: step.on_failure,
  };
}

/** Labels are texts, also where a parameter with a number was filled in. */
function textsOf(labels: Parameters): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, String(value)]));
}
