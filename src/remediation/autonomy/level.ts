/** From the least to the most that the product does by itself: nothing, begin what was approved, begin what it proposed. */
export const LEVELS = ['manual', 'semi_auto', 'full_auto'] as const;
export type Level = (typeof LEVELS)[number];

/** How much it may do at most; in adaptive mode policies say so of each proposal. */
export const MODES = [...LEVELS, 'adaptive'] as const;
export type Mode = (typeof MODES)[number];

/** The least of some levels. */
export function least(...levels: readonly Level[]): Level {
  return LEVELS[Math.min(...levels.map((level) => LEVELS.indexOf(level)))];
}

/** Whether one level lets the product do more than another. */
export function isAbove(one: Level, other: Level): boolean {
  return LEVELS.indexOf(one) > LEVELS.indexOf(other);
}
