const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const;

/**
 * A span of time for people: from the largest unit that is not zero down to seconds.
 * Units   Seconds in; parts of a second are dropped.
 * @example uptimeText(93_784.9) // '1d 2h 3m 4s'
 */
export function uptimeText(seconds: number): string {
  let rest = Math.max(0, Math.floor(seconds));
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0 || parts.length > 0 || unit === 's') parts.push(`${count}${unit}`);
  }
  return parts.join(' ');
}
