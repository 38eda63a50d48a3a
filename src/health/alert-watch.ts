import { Injectable } from '@nestjs/common';

import { Clock } from '../common/time/clock';
import { DatabaseConfig } from '../config/sections';
import { Database } from '../database/database';
import { Condition, findAlerts, OperationalAlert } from './operational-alerts';
import { QueueCounts } from './queue-counts';
import { Readiness } from './readiness';
import { SystemReading } from './system-history';
import { SystemSampler } from './system-sampler';
import { spreadOf } from './system-summary';

const SUSTAINED_MS = 5 * 60_000;
/** Fewer readings than these (of thirty) do not make five minutes: a process that has just started is busy starting. */
const SUSTAINED_READINGS = 25;

export interface WatchedAlert extends OperationalAlert {
  /** When a look first found it; it may have begun earlier. */
  readonly firstSeenAt: Date;
}

export interface Evaluation {
  readonly at: Date;
  readonly alerts: readonly WatchedAlert[];
  /** Alerts of the look before that are over. */
  readonly ended: readonly WatchedAlert[];
}

/** Looks at the product's own condition and remembers since when something has been wrong. */
@Injectable()
export class AlertWatch {
  private known = new Map<string, WatchedAlert>();

  constructor(
    private readonly readiness: Readiness,
    private readonly database: Database,
    private readonly settings: DatabaseConfig,
    private readonly queues: QueueCounts,
    private readonly sampler: SystemSampler,
    private readonly clock: Clock,
  ) {}

  /** Evaluates the rules on what is known; with `countQueues` the queues are counted anew for it. */
  async evaluate({ countQueues = false } = {}): Promise<Evaluation> {
    const [readiness, queues] = await Promise.all([
      this.readiness.check(),
      countQueues ? this.queues.findNow() : this.queues.find(),
    ]);
    const at = this.clock.now();
    const before = this.known;
    const alerts = findAlerts(this.condition(at, readiness, queues)).map((alert) => ({
      ...alert,
      firstSeenAt: before.get(keyOf(alert))?.firstSeenAt ?? at,
    }));
    this.known = new Map(alerts.map((alert) => [keyOf(alert), alert]));
    return { at, alerts, ended: [...before.values()].filter((alert) => !this.known.has(keyOf(alert))) };
  }

  private condition(at: Date, readiness: Condition['readiness'], queues: Condition['queues']): Condition {
    const { idle, waiting } = this.database.poolUsage();
    const { host } = this.sampler.newest();
    const recent = this.sampler.history.between(new Date(at.getTime() - SUSTAINED_MS), at);
    return {
      readiness,
      pool: { size: this.settings.poolSize, idle, waiting },
      queues,
      diskUsagePercent: host.diskUsagePercent,
      memoryUsagePercent: host.memoryUsagePercent,
      sustainedCpuPercent: recent.length < SUSTAINED_READINGS ? null : meanCpuPercent(recent),
      eventLoopDelayP99Ms: host.eventLoopDelayP99Ms,
    };
  }
}

function meanCpuPercent(readings: readonly SystemReading[]): number | null {
  return spreadOf(readings.map(({ host }) => host.cpuUsagePercent))?.avg ?? null;
}

function keyOf({ name, subject }: OperationalAlert): string {
  return `${name} ${subject}`;
}
