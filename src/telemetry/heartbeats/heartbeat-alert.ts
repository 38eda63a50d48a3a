import type { AlertSignal } from '../alerts/alert-signal';

/** What of a monitor its alert tells. */
export interface MissedHeartbeat {
  readonly name: string;
  readonly severity: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly intervalSeconds: number;
  readonly graceSeconds: number;
  readonly missedAt: Date;
  readonly lastBeatAt: Date | null;
}

export const HEARTBEAT_ALERT = 'HeartbeatMissed';

/** The alert of a heartbeat that did not come: it fires until one does, however long that takes. */
export function heartbeatAlert(heartbeat: MissedHeartbeat, status: AlertSignal['status']): AlertSignal {
  const { name, severity, labels, intervalSeconds, graceSeconds, missedAt, lastBeatAt } = heartbeat;
  const last = lastBeatAt === null ? 'never' : lastBeatAt.toISOString();
  return {
    labels: { ...labels, alertname: HEARTBEAT_ALERT, heartbeat: name, severity },
    annotations:
      status === 'resolved'
        ? {}
        : {
            summary: `${name} has not told that it lives`,
            description: `Expected every ${intervalSeconds} s, with ${graceSeconds} s of grace; last heard: ${last}`,
          },
    status,
    startsAtMs: missedAt.getTime(),
    endsAtMs: null,
    generatorUrl: null,
    values: null,
  };
}
