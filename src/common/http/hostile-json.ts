import { InvalidInput } from '../errors/domain-error';

const MAX_DEPTH = 20;
const MAX_KEYS_PER_OBJECT = 1_000;
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Refuses parsed input that would break something further in: text that Postgres cannot store (NUL, lone surrogates),
 * numbers that are not finite (1e400 parses to Infinity), keys that touch prototypes, and shapes too deep or too wide.
 * Walks with a stack of its own, since a recursive walk is what deep input attacks.
 * Throws  InvalidInput naming the rule.
 */
export function refuseHostileInput(input: unknown): void {
  const pending: { value: object; depth: number }[] = [];
  const look = (value: unknown, depth: number): void => {
    if (typeof value === 'string') refuseUnstorableText(value);
    else if (typeof value === 'number' && !Number.isFinite(value))
      throw new InvalidInput('Numbers must be finite');
    else if (typeof value === 'object' && value !== null) {
      if (depth >= MAX_DEPTH)
        throw new InvalidInput(`Input must not be nested deeper than ${MAX_DEPTH} levels`);
      pending.push({ value, depth });
    }
  };
  look(input, 0);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, depth } = next;
    if (Array.isArray(value)) for (const item of value) look(item, depth + 1);
    else {
      const keys = Object.keys(value);
      if (keys.length > MAX_KEYS_PER_OBJECT) {
        throw new InvalidInput(`An object must have at most ${MAX_KEYS_PER_OBJECT} keys`);
      }
      for (const key of keys) {
        if (FORBIDDEN_KEYS.has(key)) throw new InvalidInput(`The key "${key}" is not allowed`);
        refuseUnstorableText(key);
        look((value as Record<string, unknown>)[key], depth + 1);
      }
    }
  }
}

function refuseUnstorableText(text: string): void {
  if (text.includes('\u0000')) throw new InvalidInput('Text must not contain NUL characters');
  if (!text.isWellFormed()) throw new InvalidInput('Text must be well-formed Unicode');
}
