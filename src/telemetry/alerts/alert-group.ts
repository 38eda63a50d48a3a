import type { AlertOrigin, AlertSignal } from './alert-signal';

/** A signal on its way into storage: checked, with its alert's identity. */
export interface IncomingAlert {
  readonly identity: string;
  readonly fingerprint: string;
  readonly signal: AlertSignal;
  readonly origin: AlertOrigin;
  /** How often it was told, where several signals were joined. */
  readonly toldCount: number;
}

/**
 * Signals in groups that a statement each can store, since a statement meets every alert once only. Those that merely tell the same again are
 * joined; one that contradicts an earlier of its alert follows in the next group, so that the order of what was told stays.
 * Shape   Groups to be stored one after the other; mostly one.
 */
export function groupAlerts(alerts: readonly IncomingAlert[]): IncomingAlert[][] {
  const groups: Map<string, IncomingAlert>[] = [];
  const latest = new Map<string, number>();
  for (const alert of alerts) {
    const at = latest.get(alert.identity);
    const earlier = at === undefined ? undefined : groups[at].get(alert.identity);
    const joined = earlier === undefined ? null : join(earlier, alert);
    const place = at === undefined ? 0 : joined === null ? at + 1 : at;
    groups[place] ??= new Map<string, IncomingAlert>();
    groups[place].set(alert.identity, joined ?? alert);
    latest.set(alert.identity, place);
  }
  return groups.map((group) => [...group.values()]);
}

/** Two signals of one alert as one, or null where the later one does not just say the same again. */
function join(earlier: IncomingAlert, later: IncomingAlert): IncomingAlert | null {
  const [first, second] = [earlier.signal, later.signal];
  const isSame =
    first.status === second.status &&
    earlier.origin.isRepeating === later.origin.isRepeating &&
    // An end that moved back may be in the past by now: that is for the database's clock to say.
    endOf(second) >= endOf(first);
  if (!isSame) return null;
  const hasAnnotations = Object.keys(second.annotations).length > 0;
  return {
    ...earlier,
    toldCount: earlier.toldCount + later.toldCount,
    signal: {
      ...second,
      annotations: hasAnnotations ? second.annotations : first.annotations,
      startsAtMs:
        first.startsAtMs === null || second.startsAtMs === null
          ? (first.startsAtMs ?? second.startsAtMs)
          : Math.min(first.startsAtMs, second.startsAtMs),
      generatorUrl: second.generatorUrl ?? first.generatorUrl,
      values: second.values ?? first.values,
    },
  };
}

function endOf({ endsAtMs }: AlertSignal): number {
  return endsAtMs ?? Infinity;
}
