/** Severities, least first. */
export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** The contract's table: the least score of each severity, greatest first. */
const LEAST_SCORE: readonly (readonly [Severity, number])[] = [
  ['critical', 0.9],
  ['high', 0.6],
  ['medium', 0.4],
];

const TYPICAL_SCORE = { low: 0.2, medium: 0.5, high: 0.75, critical: 0.95 } as const satisfies Record<
  Severity,
  number
>;

/**
 * The severity that the contract gives to a score.
 * Units   score 0..1, as a detector states it; below 0.4 everything is low.
 * @example severityOf(0.72) // 'high'
 */
export function severityOf(score: number): Severity {
  return LEAST_SCORE.find(([, least]) => score >= least)?.[0] ?? 'low';
}

/** The greater of two severities. */
export function worseSeverity(a: Severity, b: Severity): Severity {
  return SEVERITIES.indexOf(a) >= SEVERITIES.indexOf(b) ? a : b;
}

/**
 * The score of something whose severity is all that is known: the middle of the scores that have it.
 * @example typicalScoreOf('high') // 0.75
 */
export function typicalScoreOf(severity: Severity): number {
  return TYPICAL_SCORE[severity];
}
