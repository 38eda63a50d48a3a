/** What a target is reached by; each kind has one executor. */
export const TARGET_KINDS = ['webhook', 'kubernetes', 'aws', 'script'] as const;
export type TargetKind = (typeof TARGET_KINDS)[number];
