import { EnvironmentVariable } from '../config/environment';

/** One setting as an admin may see it: a secret shows whether it is set, never what it is. */
export interface Setting {
  readonly name: string;
  readonly description: string;
  readonly value: unknown;
  readonly default: string | null;
  readonly secret: boolean;
}

/**
 * A section's settings, in declared order; those without a value show null.
 * @example describeSettings([{ name: 'JWT_SECRET', property: 'jwtSecret', secret: true, … }], { jwtSecret: 'x' })[0].value // 'set'
 */
export function describeSettings(variables: readonly EnvironmentVariable[], values: object): Setting[] {
  const known = new Map<string, unknown>(Object.entries(values));
  return variables.map(({ name, property, description, fallback, secret }) => {
    const value = known.get(property) ?? null;
    return {
      name,
      description,
      value: secret ? (value === null ? 'not set' : 'set') : value,
      default: fallback ?? null,
      secret,
    };
  });
}

/**
 * A section's name as people say it.
 * @example sectionName('ServerConfig') // 'server'
 */
export function sectionName(className: string): string {
  return className.replace(/Config$/, '').toLowerCase();
}
