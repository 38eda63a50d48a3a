/** Something that somebody changed on purpose: a deployment, a new setting. What alerts soon after may come of it. */
export interface ChangeEvent {
  /** Who tells: a pipeline, a repository, a host. */
  readonly source: string;
  /** What was changed; null where the sender does not say. */
  readonly service: string | null;
  readonly summary: string;
  /** Null where the sender leaves it to us: now. */
  readonly atMs: number | null;
  /** How long what was changed takes to settle; null where the sender leaves it to us. */
  readonly settleSeconds: number | null;
  /** What else the sender tells, as sent. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** The longest time to settle that is stored; how much of it counts is a setting. */
export const MAX_SETTLE_SECONDS = 86_400;

/**
 * The time to settle that an event of another product tells, in seconds; null where it is none: the change is a change all the same.
 * @example readSettleSeconds(600) // 600
 */
export function readSettleSeconds(value: unknown): number | null {
  const isTime =
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_SETTLE_SECONDS;
  return isTime ? value : null;
}
