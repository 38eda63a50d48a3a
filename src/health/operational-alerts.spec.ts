import { Condition, findAlerts } from './operational-alerts';

const WELL: Condition = {
  readiness: { ready: true, reasons: [] },
  pool: { size: 16, idle: 4, waiting: 0 },
  queues: [{ name: 'mail', waiting: 3, dead_letters: 0 }],
  diskUsagePercent: 40,
  memoryUsagePercent: 40,
  sustainedCpuPercent: 40,
  eventLoopDelayP99Ms: 3,
};

describe('the alerts about the product itself', () => {
  it('are none while all is well, or nothing is known', () => {
    const unknown = {
      queues: null,
      diskUsagePercent: null,
      memoryUsagePercent: null,
      sustainedCpuPercent: null,
      eventLoopDelayP99Ms: null,
    };
    expect(findAlerts(WELL)).toEqual([]);
    expect(findAlerts({ ...WELL, ...unknown })).toEqual([]);
  });

  it.each<[string, Partial<Condition>, string, string]>([
    [
      'an unreachable database',
      { readiness: { ready: false, reasons: ['database unreachable'] } },
      'not_ready',
      'critical',
    ],
    [
      'callers waiting for a connection',
      { pool: { size: 16, idle: 0, waiting: 1 } },
      'connection_pool_exhausted',
      'high',
    ],
    [
      'more callers waiting than there are connections',
      { pool: { size: 16, idle: 0, waiting: 17 } },
      'connection_pool_exhausted',
      'critical',
    ],
    ['dead letters', { queues: [{ name: 'mail', waiting: 0, dead_letters: 2 }] }, 'dead_letters', 'high'],
    [
      'a long queue',
      { queues: [{ name: 'mail', waiting: 1_001, dead_letters: 0 }] },
      'queue_backlog',
      'medium',
    ],
    ['a disk at 85 %', { diskUsagePercent: 85 }, 'disk_nearly_full', 'high'],
    ['a disk at 95 %', { diskUsagePercent: 95 }, 'disk_nearly_full', 'critical'],
    ['memory at 97 %', { memoryUsagePercent: 97 }, 'memory_nearly_full', 'critical'],
    ['a saturated processor', { sustainedCpuPercent: 100 }, 'processor_saturated', 'high'],
    ['a late event loop', { eventLoopDelayP99Ms: 1_000 }, 'event_loop_late', 'critical'],
  ])('tell of %s', (_, trouble, name, severity) => {
    expect(findAlerts({ ...WELL, ...trouble })).toEqual([expect.objectContaining({ name, severity })]);
  });

  it.each<[string, Partial<Condition>]>([
    ['a caller that waits while a connection is idle', { pool: { size: 16, idle: 1, waiting: 1 } }],
    ['a queue at the limit', { queues: [{ name: 'mail', waiting: 1_000, dead_letters: 0 }] }],
    ['a disk just below the limit', { diskUsagePercent: 84.99 }],
  ])('do not tell of %s', (_, condition) => {
    expect(findAlerts({ ...WELL, ...condition })).toEqual([]);
  });

  it('stand in order of severity', () => {
    const bad = {
      ...WELL,
      queues: [{ name: 'mail', waiting: 5_000, dead_letters: 1 }],
      diskUsagePercent: 99,
    };
    expect(findAlerts(bad).map(({ severity }) => severity)).toEqual(['critical', 'high', 'medium']);
  });
});
