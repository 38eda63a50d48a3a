import { OrderRefused } from './execution.errors';
import type { JsonObject, JsonValue } from './json';
import { SettingsReader } from './settings-reader';

/** What one argument of a script may be. */
export type ScriptArgument = { readonly name: string; readonly fallback: JsonValue | undefined } & (
  | { readonly type: 'integer'; readonly min: number; readonly max: number }
  | { readonly type: 'choice'; readonly words: readonly string[] }
  | { readonly type: 'text'; readonly maxLength: number }
);

/** A script as whoever runs the machine has admitted it. */
export interface Script {
  readonly name: string;
  readonly path: string;
  /** Of its content, in hex: another content is another script. */
  readonly sha256: string;
  /** Stand before the arguments, as they are. */
  readonly options: readonly string[];
  /** In this order, after `--`. */
  readonly arguments: readonly ScriptArgument[];
  /** The option that makes it a dry run; null: it knows none. */
  readonly dryRunOption: string | null;
  readonly timeoutSeconds: number;
  readonly isIdempotent: boolean;
  /** Exit codes by which it says that nothing was done and another attempt may succeed. */
  readonly retryExitCodes: readonly number[];
}

const MAX_SCRIPTS = 200;
const ABSOLUTE_PATH = /^\/[^\p{Cc}]{1,1000}$/u;
const SHA256 = /^[0-9a-f]{64}$/;
const TYPES = ['integer', 'choice', 'text'] as const;
const MAX_TEXT = 4_096;

/**
 * The scripts of a manifest, by name.
 * Shape   text: JSON, `{ "scripts": { "clean-tmp": { "path": "/opt/ops/clean-tmp", "sha256": "…", "arguments": [{ "name": "days",
 *         "type": "integer", "min": 1, "max": 90, "default": 7 }] } } }`.
 * Throws  InvalidTarget where it is none, or a member is unknown, missing or out of range.
 */
export function readScriptManifest(text: string): ReadonlyMap<string, Script> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = null;
  }
  const manifest = new SettingsReader(value, 'the manifest');
  const scripts = manifest.entries('scripts');
  manifest.end();
  if (scripts.length > MAX_SCRIPTS) manifest.fail('scripts', `a section of at most ${MAX_SCRIPTS} scripts`);
  return new Map(scripts.map(([name, reader]) => [name, readScript(name, reader)]));
}

function readScript(name: string, reader: SettingsReader): Script {
  const script: Script = {
    name,
    path: reader.requiredText('path', 1_001),
    sha256: reader.requiredText('sha256', 64).toLowerCase(),
    options: reader.texts('options', 30),
    arguments: reader.list('arguments', 30).map(readArgument),
    dryRunOption: reader.text('dry_run_option', 100),
    timeoutSeconds: reader.integer('timeout_seconds', 1, 600) ?? 60,
    isIdempotent: reader.flag('is_idempotent'),
    retryExitCodes: reader.integers('retry_exit_codes', 1, 255),
  };
  reader.end();
  if (!ABSOLUTE_PATH.test(script.path)) reader.fail('path', 'an absolute path');
  if (!SHA256.test(script.sha256)) reader.fail('sha256', '64 hex digits, as sha256sum prints them');
  return script;
}

function readArgument(reader: SettingsReader): ScriptArgument {
  const name = reader.requiredText('name', 100);
  const type = reader.oneOf('type', TYPES) ?? reader.fail('type', `one of ${TYPES.join(', ')}`);
  const common = { name, fallback: reader.json('default') };
  const argument = readType(type, common, reader);
  reader.end();
  if (common.fallback !== undefined && argumentText(argument, common.fallback) === null)
    reader.fail('default', 'a value that the argument may have');
  return argument;
}

function readType(
  type: (typeof TYPES)[number],
  common: Pick<ScriptArgument, 'name' | 'fallback'>,
  reader: SettingsReader,
): ScriptArgument {
  switch (type) {
    case 'integer': {
      const limit = Number.MAX_SAFE_INTEGER;
      const min = reader.integer('min', -limit, limit) ?? 0;
      return { ...common, type, min, max: reader.integer('max', min, limit) ?? limit };
    }
    case 'choice': {
      const words = reader.texts('values');
      return words.length === 0
        ? reader.fail('values', 'a list of at least one word')
        : { ...common, type, words };
    }
    case 'text':
      return { ...common, type, maxLength: reader.integer('max_length', 1, MAX_TEXT) ?? 200 };
  }
}

/**
 * What a script is started with, each item exactly one of its arguments. Values stand after `--`, so that none can be an option.
 * Shape   parameters: those of the order; fixed: those that the target's settings say, which win.
 * Throws  OrderRefused for a value that is missing or not one that the manifest allows.
 * @example argvOf(script, { days: 7 }, new Map(), false) // ['--', '7']
 */
export function argvOf(
  script: Script,
  parameters: JsonObject,
  fixed: ReadonlyMap<string, JsonValue>,
  isDryRun: boolean,
): string[] {
  if (isDryRun && script.dryRunOption === null)
    throw new OrderRefused(`the script ${script.name} knows no dry run (dry_run_option in the manifest)`);
  const values = script.arguments.map((argument) => {
    const { name, fallback } = argument;
    const given = Object.hasOwn(parameters, name) ? (parameters[name] ?? undefined) : undefined;
    const value = fixed.get(name) ?? given ?? fallback;
    if (value === undefined)
      throw new OrderRefused(`parameters.${name} is missing, which the script ${script.name} needs`);
    const text = argumentText(argument, value);
    if (text === null) throw new OrderRefused(`parameters.${name} must be ${acceptedOf(argument)}`);
    return text;
  });
  return [
    ...script.options,
    ...(isDryRun && script.dryRunOption !== null ? [script.dryRunOption] : []),
    '--',
    ...values,
  ];
}

/** The value as the script gets it; null where it may not be this. */
function argumentText(argument: ScriptArgument, value: JsonValue): string | null {
  switch (argument.type) {
    case 'integer':
      return typeof value === 'number' &&
        Number.isSafeInteger(value) &&
        value >= argument.min &&
        value <= argument.max
        ? String(value)
        : null;
    case 'choice':
      return typeof value === 'string' && argument.words.includes(value) ? value : null;
    case 'text':
      // No program can be given a NUL: it would end the argument there.
      return typeof value === 'string' &&
        value.length <= argument.maxLength &&
        !value.includes('\0') &&
        value.isWellFormed()
        ? value
        : null;
  }
}

function acceptedOf(argument: ScriptArgument): string {
  switch (argument.type) {
    case 'integer':
      return `an integer from ${argument.min} to ${argument.max}`;
    case 'choice':
      return `one of ${argument.words.join(', ')}`;
    case 'text':
      return `text of at most ${argument.maxLength} characters`;
  }
}
