import { InvalidTarget } from './execution.errors';
import { isJsonObject, JsonObject, JsonValue } from './json';

/**
 * Reads the settings of a target member by member, and refuses those that nobody asked for: a limit with a misspelt name would
 * be no limit.
 * Throws  InvalidTarget, naming the member and what would be accepted.
 */
export class SettingsReader {
  private readonly asked = new Set<string>();
  private readonly members: JsonObject;

  constructor(
    value: unknown,
    private readonly path = 'settings',
  ) {
    if (!isJsonObject(value)) throw new InvalidTarget(`${path} must be an object`);
    this.members = value;
  }

  /** A text of 1 to `max` characters; null where it is absent. */
  text(name: string, max = 500): string | null {
    return this.read(
      name,
      (value) => typeof value === 'string' && value !== '' && value.length <= max,
      `a string of 1 to ${max} characters`,
    ) as string | null;
  }

  requiredText(name: string, max = 500): string {
    return this.text(name, max) ?? this.fail(name, `a string of 1 to ${max} characters`);
  }

  /** A list of texts; empty where it is absent. */
  texts(name: string, maxItems = 100, maxLength = 500): readonly string[] {
    const isText = (item: unknown) => typeof item === 'string' && item !== '' && item.length <= maxLength;
    return (this.read(
      name,
      (value) => Array.isArray(value) && value.length <= maxItems && value.every(isText),
      `a list of at most ${maxItems} strings`,
    ) ?? []) as readonly string[];
  }

  integers(name: string, min: number, max: number, maxItems = 100): readonly number[] {
    const isFit = (item: unknown) => Number.isInteger(item) && Number(item) >= min && Number(item) <= max;
    return (this.read(
      name,
      (value) => Array.isArray(value) && value.length <= maxItems && value.every(isFit),
      `a list of at most ${maxItems} integers from ${min} to ${max}`,
    ) ?? []) as readonly number[];
  }

  integer(name: string, min: number, max: number): number | null {
    return this.read(
      name,
      (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
      `an integer from ${min} to ${max}`,
    ) as number | null;
  }

  flag(name: string): boolean {
    return this.read(name, (value) => typeof value === 'boolean', 'true or false') === true;
  }

  oneOf<Word extends string>(name: string, words: readonly Word[]): Word | null {
    return this.read(
      name,
      (value) => words.some((word) => word === value),
      `one of ${words.join(', ')}`,
    ) as Word | null;
  }

  /** Whatever JSON stands there; undefined where nothing does. */
  json(name: string): JsonValue | undefined {
    this.asked.add(name);
    return Object.hasOwn(this.members, name) ? this.members[name] : undefined;
  }

  section(name: string): SettingsReader | null {
    const value = this.json(name);
    return value === undefined || value === null ? null : new SettingsReader(value, `${this.path}.${name}`);
  }

  /** A list of sections; empty where it is absent. */
  list(name: string, maxItems: number): SettingsReader[] {
    const items = (this.read(
      name,
      (value) => Array.isArray(value) && value.length <= maxItems,
      `a list of at most ${maxItems} objects`,
    ) ?? []) as readonly JsonValue[];
    return items.map((item, index) => new SettingsReader(item, `${this.path}.${name}[${index}]`));
  }

  /** The names of all members, where they are data. */
  names(): string[] {
    return Object.keys(this.members);
  }

  /** The members of a section whose names are data; each must be among `names` where they are given. */
  entries(name: string, names?: readonly string[]): [name: string, reader: SettingsReader][] {
    const section = this.section(name);
    if (section === null) return [];
    return section.names().map((key) => {
      section.checkName(key, names);
      return [key, new SettingsReader(section.json(key), `${section.path}.${key}`)];
    });
  }

  /** The same where the members are texts. */
  textEntries(name: string, names?: readonly string[], max = 500): [name: string, text: string][] {
    const section = this.section(name);
    if (section === null) return [];
    return section.names().map((key) => {
      section.checkName(key, names);
      return [key, section.requiredText(key, max)];
    });
  }

  /** Refuses the members that were not asked for. */
  end(): void {
    const unknown = this.names().find((name) => !this.asked.has(name));
    if (unknown !== undefined)
      throw new InvalidTarget(
        `${this.path} has no member ${JSON.stringify(unknown.slice(0, 64))}; known are ${[...this.asked].join(', ')}`,
      );
  }

  fail(name: string, accepted: string): never {
    throw new InvalidTarget(`${this.path}.${name} must be ${accepted}`);
  }

  private checkName(name: string, names?: readonly string[]): void {
    if (names !== undefined && !names.includes(name))
      throw new InvalidTarget(
        `${this.path} has no member ${JSON.stringify(name.slice(0, 64))}; known are ${names.join(', ')}`,
      );
  }

  private read(name: string, isFit: (value: JsonValue) => boolean, accepted: string): JsonValue | null {
    const value = this.json(name);
    if (value === undefined || value === null) return null;
    return isFit(value) ? value : this.fail(name, accepted);
  }
}
