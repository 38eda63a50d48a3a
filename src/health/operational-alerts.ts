import { ReadinessAnswer } from './readiness';

/** What the product knows of its own condition at one moment; null where it could not find out. */
export interface Condition {
  readonly readiness: ReadinessAnswer;
  readonly pool: { readonly size: number; readonly idle: number; readonly waiting: number };
  readonly queues:
    readonly { readonly name: string; readonly waiting: number; readonly dead_letters: number }[] | null;
  readonly diskUsagePercent: number | null;
  readonly memoryUsagePercent: number | null;
  /** Mean over the last minutes: a processor that is busy for a moment is doing its work. */
  readonly sustainedCpuPercent: number | null;
  readonly eventLoopDelayP99Ms: number | null;
}

export type AlertSeverity = 'medium' | 'high' | 'critical';

/** Something about the product itself that an operator should look at. */
export interface OperationalAlert {
  /** Stable: the same trouble has the same name and subject at every look. */
  readonly name: string;
  readonly subject: string;
  readonly severity: AlertSeverity;
  readonly message: string;
  readonly value: number | null;
  readonly threshold: number | null;
}

/** From `high` on someone should look this week, from `critical` on now: Postgres stops where a disk is full. */
const LIMITS = {
  disk_nearly_full: { label: 'Disk of DATA_DIR', unit: '% used', high: 85, critical: 95 },
  memory_nearly_full: { label: 'Memory', unit: '% used', high: 90, critical: 97 },
  processor_saturated: {
    label: 'Processor over the last five minutes',
    unit: '% busy',
    high: 95,
    critical: Infinity,
  },
  event_loop_late: { label: 'Event loop', unit: ' ms late (p99)', high: 200, critical: 1_000 },
} as const;

/** A queue that is longer than this is not being worked, or not fast enough. */
const BACKLOG_LIMIT = 1_000;

/** Every alert that the condition gives cause for, most severe first. */
export function findAlerts(condition: Condition): OperationalAlert[] {
  const order: readonly AlertSeverity[] = ['critical', 'high', 'medium'];
  return [
    ...readinessAlerts(condition.readiness),
    ...poolAlerts(condition.pool),
    ...(condition.queues ?? []).flatMap(queueAlerts),
    ...limitAlerts('disk_nearly_full', condition.diskUsagePercent),
    ...limitAlerts('memory_nearly_full', condition.memoryUsagePercent),
    ...limitAlerts('processor_saturated', condition.sustainedCpuPercent),
    ...limitAlerts('event_loop_late', condition.eventLoopDelayP99Ms),
  ].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
}

function readinessAlerts({ reasons }: ReadinessAnswer): OperationalAlert[] {
  return reasons.map((reason) => ({
    name: 'not_ready',
    subject: reason,
    severity: 'critical',
    message: `This process takes no requests: ${reason}`,
    value: null,
    threshold: null,
  }));
}

function poolAlerts({ size, idle, waiting }: Condition['pool']): OperationalAlert[] {
  if (waiting === 0 || idle > 0) return [];
  return [
    {
      name: 'connection_pool_exhausted',
      subject: 'database',
      severity: waiting > size ? 'critical' : 'high',
      message: `All ${size} database connections are taken and ${waiting} callers wait for one`,
      value: waiting,
      threshold: 0,
    },
  ];
}

function queueAlerts({
  name,
  waiting,
  dead_letters: dead,
}: NonNullable<Condition['queues']>[number]): OperationalAlert[] {
  const alerts: OperationalAlert[] = [];
  if (dead > 0) {
    const message = `${dead} jobs of ${name} used up their attempts; see GET /api/admin/jobs/dead-letters`;
    alerts.push({
      name: 'dead_letters',
      subject: name,
      severity: 'high',
      message,
      value: dead,
      threshold: 0,
    });
  }
  if (waiting > BACKLOG_LIMIT) {
    const message = `${waiting} jobs of ${name} wait to be worked`;
    alerts.push({
      name: 'queue_backlog',
      subject: name,
      severity: 'medium',
      message,
      value: waiting,
      threshold: BACKLOG_LIMIT,
    });
  }
  return alerts;
}

function limitAlerts(name: keyof typeof LIMITS, value: number | null): OperationalAlert[] {
  const { label, unit, high, critical } = LIMITS[name];
  if (value === null || value < high) return [];
  const isCritical = value >= critical;
  return [
    {
      name,
      subject: 'host',
      severity: isCritical ? 'critical' : 'high',
      message: `${label}: ${Math.round(value)}${unit}`,
      value,
      threshold: isCritical ? critical : high,
    },
  ];
}
