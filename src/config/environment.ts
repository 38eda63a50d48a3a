import { readTrustedProxies } from './trusted-proxies';

/** One environment variable: where it lands, how it is read, and the sentence the README gives it. */
export interface EnvironmentVariable {
  readonly name: string;
  readonly property: string;
  readonly description: string;
  /** As it would be written in `.env`; undefined where the variable has no default. */
  readonly fallback?: string;
  readonly secret: boolean;
  /** Throws an Error whose message completes "NAME must be ...". */
  readonly parse: (text: string) => unknown;
}

export interface VariableOptions {
  description: string;
  default?: string;
  secret?: boolean;
}

type Section = abstract new () => object;

const variables = new Map<Section, EnvironmentVariable[]>();

/** The variables of a section class, in declared order. */
export function variablesOf(section: Section): readonly EnvironmentVariable[] {
  return variables.get(section) ?? [];
}

function variable(
  name: string,
  options: VariableOptions,
  parse: (text: string) => unknown,
): PropertyDecorator {
  return (target, property) => {
    const section = target.constructor as new () => object;
    const entry = {
      name,
      property: String(property),
      description: options.description,
      fallback: options.default,
      secret: options.secret ?? false,
      parse,
    };
    variables.set(section, [...variablesOf(section), entry]);
  };
}

export function EnvText(name: string, options: VariableOptions): PropertyDecorator {
  return variable(name, options, (text) => text);
}

export function EnvInteger(
  name: string,
  range: { min: number; max: number },
  options: VariableOptions,
): PropertyDecorator {
  return variable(name, options, (text) => {
    const value = /^-?\d+$/.test(text) ? Number(text) : NaN;
    if (!(value >= range.min && value <= range.max))
      throw new Error(`an integer from ${range.min} to ${range.max}`);
    return value;
  });
}

export function EnvFlag(name: string, options: VariableOptions): PropertyDecorator {
  return variable(name, options, (text) => {
    if (text !== 'true' && text !== 'false') throw new Error('true or false');
    return text === 'true';
  });
}

/** Proxies in front, by number or by address; see `trusted-proxies.ts`. */
export function EnvProxies(name: string, options: VariableOptions): PropertyDecorator {
  return variable(name, options, readTrustedProxies);
}

export function EnvChoice(
  name: string,
  choices: readonly string[],
  options: VariableOptions,
): PropertyDecorator {
  return variable(name, options, (text) => {
    if (!choices.includes(text)) throw new Error(`one of ${choices.join(', ')}`);
    return text;
  });
}

/** Where something of ours is reached by http or https, without a slash at its end; empty means nowhere. */
export function EnvPlace(name: string, options: VariableOptions): PropertyDecorator {
  return variable(name, options, (text) => {
    if (text === '') return '';
    const url = URL.canParse(text) ? new URL(text) : null;
    const isPlain = url !== null && /^https?:$/.test(url.protocol) && !/[\s\\@?#<>|]/.test(text);
    if (!isPlain) throw new Error('an http or https URL without credentials, query and fragment');
    return url.href.replace(/\/$/, '');
  });
}

/** Comma-separated texts; empty means none. */
export function EnvList(name: string, options: VariableOptions): PropertyDecorator {
  return variable(name, options, (text) =>
    Object.freeze(
      text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    ),
  );
}

/** The configuration does not hold; the message lists every fault, and no secret. */
export class ConfigurationError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The configuration is not usable:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'ConfigurationError';
  }
}

/** Words that stand in examples and templates; whoever leaves them in place has no secret. */
const PLACEHOLDER =
  /change.?(me|this|in.?production)|replace.?(me|this)|placeholder|your.?(secret|password|key)|<.+>|^x+$|^(secret|password|admin|default|example|test)$/i;

/**
 * Reads one section from the environment into a frozen object; an empty variable counts as absent.
 * Adds what is wrong to `faults` instead of throwing, so that a person sees all of it at once.
 */
export function readSection<T extends object>(
  section: new () => T,
  environment: NodeJS.ProcessEnv,
  faults: string[],
): T {
  const values = new section() as Record<string, unknown>;
  for (const { name, property, fallback, secret, parse } of variablesOf(section)) {
    const given = environment[name];
    const text = given === undefined || given === '' ? fallback : given;
    if (text === undefined) continue;
    if (secret && PLACEHOLDER.test(text)) {
      faults.push(`${name} still holds a placeholder; set a secret of your own`);
      continue;
    }
    try {
      values[property] = parse(text);
    } catch (error) {
      faults.push(`${name} must be ${(error as Error).message}`);
    }
  }
  return Object.freeze(values) as T;
}
