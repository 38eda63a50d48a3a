import { cut } from '../text';

const MAX_NAME = 200;

/** What keeps anomalies quiet, as anomalies and held alerts name it. */
export interface Suppressor {
  readonly kind: 'silence' | 'maintenance_window';
  readonly id: string | number;
  /** A silence's comment, or a window's name. */
  readonly name: string;
}

/** A suppressor in force, with its condition. */
export interface ActiveSuppressor {
  readonly suppressor: Suppressor;
  readonly accepts: (labels: Readonly<Record<string, string>>) => boolean;
}

/** What keeps a label set quiet: the first of those that accept it, or null. */
export function suppressorOf(
  labels: Readonly<Record<string, string>>,
  active: readonly ActiveSuppressor[],
): Suppressor | null {
  return active.find(({ accepts }) => accepts(labels))?.suppressor ?? null;
}

/** Which suppressors are in force, as text: equal while nothing begins, ends or changes its name. */
export function signatureOf(active: readonly ActiveSuppressor[]): string {
  return JSON.stringify(active.map(({ suppressor: { kind, id, name } }) => [kind, id, name]));
}

/**
 * Why something that fired is told of only now.
 * @example heldReasonOf({ kind: 'maintenance_window', id: 3, name: 'Upgrade' }, at) // 'Held since … by maintenance window 3 (Upgrade); …'
 */
export function heldReasonOf({ kind, id, name }: Suppressor, heldAt: Date): string {
  const what = kind === 'silence' ? 'silence' : 'maintenance window';
  return `Held since ${heldAt.toISOString()} by ${what} ${id} (${cut(name, MAX_NAME)}); it has ended, and this goes on.`;
}
