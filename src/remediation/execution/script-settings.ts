import { ACTION_TYPES, type ActionType } from '../actions/action-type';
import type { JsonObject, JsonValue } from './json';
import { SettingsReader } from './settings-reader';

/** Which script of the machine's manifest does an action type. */
export interface ScriptWay {
  readonly script: string;
  /** Arguments that no order can change. */
  readonly fixed: ReadonlyMap<string, JsonValue>;
}

export interface ScriptSettings {
  readonly ways: ReadonlyMap<ActionType, ScriptWay>;
}

/**
 * The settings of a machine with scripts.
 * Throws  InvalidTarget for members that are missing or unknown.
 * @example readScriptSettings({ scripts: { cleanup_disk: { script: 'clean-tmp', arguments: { mount: '/tmp' } } } })
 */
export function readScriptSettings(value: JsonObject): ScriptSettings {
  const settings = new SettingsReader(value);
  const ways = settings.entries('scripts', ACTION_TYPES).map(([type, reader]) => {
    const script = reader.requiredText('script', 100);
    const section = reader.section('arguments');
    const fixed = (section?.names() ?? []).map((name): [string, JsonValue] => [
      name,
      section?.json(name) ?? null,
    ]);
    reader.end();
    return [type as ActionType, { script, fixed: new Map(fixed) }] as const;
  });
  settings.end();
  if (ways.length === 0) settings.fail('scripts', 'a section with at least one action type');
  return { ways: new Map(ways) };
}
