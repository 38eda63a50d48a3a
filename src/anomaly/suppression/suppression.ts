import type { Severity } from '../severity';
import { cut } from '../text';
import { type SettlingChange, settlingOf } from './settling';

const MAX_NAME = 200;

export const SUPPRESSOR_KINDS = ['silence', 'maintenance_window', 'change'] as const;

/** What keeps anomalies quiet, as anomalies and what is held name it. */
export interface Suppressor {
  readonly kind: (typeof SUPPRESSOR_KINDS)[number];
  readonly id: string | number;
  /** A silence's comment, a window's name, a change's summary. */
  readonly name: string;
}

/** A suppressor and when it ends by itself. */
export interface Holder {
  readonly suppressor: Suppressor;
  readonly until: Date;
}

/** A silence or a window in force, with its condition. */
export interface ActiveSuppressor extends Holder {
  readonly accepts: (labels: Readonly<Record<string, string>>) => boolean;
}

/** What may hold what detection finds, as of an instant. */
export interface Holders {
  readonly suppressors: readonly ActiveSuppressor[];
  readonly changes: readonly SettlingChange[];
  /** The longest that changes hold something, however many follow each other. */
  readonly longestSeconds: number;
  readonly now: Date;
}

/** Something that detection has found, and since when it is held; null where it is not yet. */
export interface HoldableTrouble {
  readonly labels: Readonly<Record<string, string>>;
  readonly severity: Severity;
  readonly heldAt: Date | null;
}

/** What keeps a label set quiet: the first of those that accept it, or null. */
export function suppressorOf(
  labels: Readonly<Record<string, string>>,
  active: readonly ActiveSuppressor[],
): Suppressor | null {
  return active.find(({ accepts }) => accepts(labels))?.suppressor ?? null;
}

/** What holds something that detection has found: a silence or a window, whatever it is; else a change of its service that settles. */
export function holderOf(trouble: HoldableTrouble, holders: Holders): Holder | null {
  const suppressor = holders.suppressors.find(({ accepts }) => accepts(trouble.labels));
  if (suppressor !== undefined) return suppressor;
  const settling = settlingOf(trouble, holders);
  return settling && { suppressor: suppressorOfChange(settling), until: settling.until };
}

/** Which suppressors are in force, as text: equal while nothing begins, ends or changes its name. */
export function signatureOf(active: readonly ActiveSuppressor[]): string {
  return JSON.stringify(active.map(({ suppressor: { kind, id, name } }) => [kind, id, name]));
}

/**
 * What names something that keeps quiet.
 * @example nameOf({ kind: 'maintenance_window', id: 3, name: 'Upgrade' }) // 'maintenance window 3 (Upgrade)'
 */
export function nameOf({ kind, id, name }: Suppressor): string {
  return `${kind.replace('_', ' ')} ${id} (${cut(name, MAX_NAME)})`;
}

/**
 * Why something that fired is told of only now.
 * @example heldReasonOf({ kind: 'maintenance_window', id: 3, name: 'Upgrade' }, at) // 'Held since … by maintenance window 3 (Upgrade); …'
 */
export function heldReasonOf(heldBy: Suppressor, heldAt: Date, severity: Severity | null = null): string {
  const since = `Held since ${heldAt.toISOString()} by ${nameOf(heldBy)}`;
  if (heldBy.kind !== 'change') return `${since}; it has ended, and this goes on.`;
  return severity === 'critical'
    ? `${since}; this has become critical.`
    : `${since}; its time to settle is over, and this goes on.`;
}

/** Why something is told of although a change of its service settles; null where none does. */
export function passReasonOf(trouble: HoldableTrouble, holders: Holders): string | null {
  if (trouble.severity !== 'critical') return null;
  const change = settlingOf({ ...trouble, severity: 'low' }, holders);
  return (
    change &&
    `Opened while ${nameOf(suppressorOfChange(change))} settles, until ${change.until.toISOString()}: what is critical is not held.`
  );
}

function suppressorOfChange({ id, summary }: SettlingChange): Suppressor {
  return { kind: 'change', id, name: cut(summary, MAX_NAME) };
}
