/** Something that somebody changed on purpose: a deployment, a new setting. What alerts soon after may come of it. */
export interface ChangeEvent {
  /** Who tells: a pipeline, a repository, a host. */
  readonly source: string;
  /** What was changed; null where the sender does not say. */
  readonly service: string | null;
  readonly summary: string;
  /** Null where the sender leaves it to us: now. */
  readonly atMs: number | null;
  /** What else the sender tells, as sent. */
  readonly details: Readonly<Record<string, unknown>>;
}
