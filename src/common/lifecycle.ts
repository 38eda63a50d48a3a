/**
 * A lifecycle as a table: for each status, the status each verb leads to; an absent verb is refused there.
 * Written with `satisfies Lifecycle<Status, Verb>`, so that a forgotten status does not compile.
 */
export type Lifecycle<Status extends string, Verb extends string> = Readonly<
  Record<Status, Readonly<Partial<Record<Verb, Status>>>>
>;

/**
 * The status that a verb leads to, or null where the lifecycle does not allow it.
 * @example nextStatus({ open: { close: 'closed' }, closed: {} }, 'closed', 'close') // null
 */
export function nextStatus<Status extends string, Verb extends string>(
  lifecycle: Lifecycle<Status, Verb>,
  from: Status,
  verb: Verb,
): Status | null {
  return lifecycle[from][verb] ?? null;
}
