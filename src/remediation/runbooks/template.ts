/** What may stand between braces: what is known when a runbook is rendered, and nothing that would have to be worked out. */
export const PLACEHOLDERS =
  '{{ anomaly.id }}, {{ anomaly.severity }}, {{ anomaly.labels.NAME }}, {{ parameters.NAME }}, {{ target.name }}';

const OPEN = '{{';
const CLOSE = '}}';
const LABELS = 'anomaly.labels.';
const PARAMETERS = 'parameters.';
const MAX_NAME_LENGTH = 256;
/** What a name of a label or a parameter cannot hold, since it would make a placeholder look like something else. */
const NOT_IN_NAMES = /[\s{}]/;

type Placeholder =
  | { readonly of: 'anomaly.id' | 'anomaly.severity' | 'target.name' }
  | { readonly of: 'anomaly.labels' | 'parameters'; readonly name: string };
type Part = string | Placeholder;

/** What the placeholders of a text may name besides the anomaly. */
export interface TemplateScope {
  /** The parameters that there are. */
  readonly parameters: readonly string[];
  /** Whether the target is known by its name. */
  readonly hasTargetName: boolean;
}

/** What placeholders stand for. */
export interface TemplateFacts {
  readonly anomaly: {
    /** Null where there is none on record yet. */
    readonly id: number | null;
    readonly severity: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Null where none is bound. */
  readonly targetName: string | null;
}

/** A placeholder that stands for nothing. */
export class MissingValue extends Error {
  constructor(readonly placeholder: string) {
    super(`${placeholder} has no value`);
  }
}

/** Whether a text is more than itself. */
export function hasPlaceholders(text: string): boolean {
  return text.includes(OPEN);
}

/**
 * What is wrong with the placeholders of a text, or null.
 * @example templateProblem('{{ anomaly.age }}', scope) // '{{ anomaly.age }} is no placeholder; there are …'
 */
export function templateProblem(text: string, scope: TemplateScope): string | null {
  const parts = partsOf(text);
  if (typeof parts === 'string') return parts;
  for (const part of parts) {
    if (typeof part === 'string') continue;
    if (part.of === 'parameters' && !scope.parameters.includes(part.name))
      return `${written(part)} is no parameter; ${scope.parameters.length === 0 ? 'there are none' : `there are ${scope.parameters.join(', ')}`}`;
    if (part.of === 'target.name' && !scope.hasTargetName)
      return `${written(part)} is known only where the target is bound or named`;
  }
  return null;
}

/** The first problem in any text of a JSON value, with its place; keys are names and take no placeholders. */
export function templateProblemIn(
  value: unknown,
  path: string,
  scope: TemplateScope,
): { readonly path: string; readonly problem: string } | null {
  if (typeof value === 'string') {
    const problem = templateProblem(value, scope);
    return problem === null ? null : { path, problem };
  }
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    const found = templateProblemIn(
      inner,
      Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`,
      scope,
    );
    if (found !== null) return found;
  }
  return null;
}

/**
 * A JSON value with its placeholders filled in. What is filled in is a value: it is not looked at again, whatever it says. A text that is
 * one placeholder and nothing else takes on its type.
 * Throws  MissingValue.
 * @example fillIn({ by: '{{ parameters.by }}' }, facts) // { by: 2 }
 */
export function fillIn(value: unknown, facts: TemplateFacts): unknown {
  if (typeof value === 'string') return fillInText(value, facts);
  if (Array.isArray(value)) return value.map((item) => fillIn(item, facts));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fillIn(inner, facts)]));
}

function fillInText(text: string, facts: TemplateFacts): unknown {
  const parts = partsOf(text);
  if (typeof parts === 'string') throw new Error(parts);
  const values = parts.map((part) => (typeof part === 'string' ? part : valueOf(part, facts)));
  return values.length === 1 ? values[0] : values.map(String).join('');
}

/** A placeholder's value: a text, a number or a boolean. */
function valueOf(placeholder: Placeholder, { anomaly, parameters, targetName }: TemplateFacts): unknown {
  const value = ((): unknown => {
    switch (placeholder.of) {
      case 'anomaly.id':
        return anomaly.id;
      case 'anomaly.severity':
        return anomaly.severity;
      case 'target.name':
        return targetName;
      case 'anomaly.labels':
        return Object.hasOwn(anomaly.labels, placeholder.name) ? anomaly.labels[placeholder.name] : null;
      case 'parameters':
        return Object.hasOwn(parameters, placeholder.name) ? parameters[placeholder.name] : null;
    }
  })();
  if (value === null || value === undefined) throw new MissingValue(written(placeholder));
  return value;
}

/** A text cut at its placeholders, without empty texts between them (a text that is empty is one part); or what is wrong with it. */
function partsOf(text: string): Part[] | string {
  const parts: Part[] = [];
  let from = 0;
  for (let open = text.indexOf(OPEN); open !== -1; open = text.indexOf(OPEN, from)) {
    const close = text.indexOf(CLOSE, open);
    if (close === -1) return `${OPEN} is not closed; a placeholder is one of ${PLACEHOLDERS}`;
    const placeholder = placeholderOf(text.slice(open + OPEN.length, close).trim());
    if (placeholder === null)
      return `${text.slice(open, close + CLOSE.length)} is no placeholder; there are ${PLACEHOLDERS}`;
    if (open > from) parts.push(text.slice(from, open));
    parts.push(placeholder);
    from = close + CLOSE.length;
  }
  if (from < text.length || parts.length === 0) parts.push(text.slice(from));
  return parts;
}

function placeholderOf(path: string): Placeholder | null {
  if (path === 'anomaly.id' || path === 'anomaly.severity' || path === 'target.name') return { of: path };
  for (const [prefix, of] of [
    [LABELS, 'anomaly.labels'],
    [PARAMETERS, 'parameters'],
  ] as const) {
    const name = path.slice(prefix.length);
    if (path.startsWith(prefix) && name !== '' && name.length <= MAX_NAME_LENGTH && !NOT_IN_NAMES.test(name))
      return { of, name };
  }
  return null;
}

function written(placeholder: Placeholder): string {
  return `${OPEN} ${placeholder.of}${'name' in placeholder ? `.${placeholder.name}` : ''} ${CLOSE}`;
}
