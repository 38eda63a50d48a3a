/** A freeze calendar that is in force. */
export interface FreezeInForce {
  readonly calendarId: number;
  readonly name: string;
  readonly reason: string;
  /** Empty: everything. */
  readonly targetGroups: readonly string[];
  /** Null where its times are not worked out that far, and everything is held until they are. */
  readonly until: Date | null;
}

/** Whether it holds what is done to a target of a group; null: of none. */
export function covers({ targetGroups }: Pick<FreezeInForce, 'targetGroups'>, group: string | null): boolean {
  return targetGroups.length === 0 || (group !== null && targetGroups.includes(group));
}

/** Why nothing is done, in words. */
export function describeFreeze({ name, reason, until }: FreezeInForce): string {
  const end =
    until === null ? ' for now: its times are not worked out that far' : ` until ${until.toISOString()}`;
  return `Freeze calendar ${name} is in force${end}${reason === '' ? '' : `: ${reason}`}`;
}
