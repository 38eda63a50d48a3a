import { Injectable, OnModuleInit } from '@nestjs/common';

import { DatabaseConfig } from '../config/sections';
import { VERSION } from '../config/version';
import { Database } from '../database/database';
import { leaveOut, Metrics } from '../observability/metrics';
import { readBuildInfo } from './build-info';
import { QueueCounts } from './queue-counts';
import { Readiness } from './readiness';
import { SystemSampler } from './system-sampler';

/** The gauges about the product as a whole. Each is read when somebody scrapes, and none waits longer than a second. */
@Injectable()
export class HealthMetrics implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly database: Database,
    private readonly readiness: Readiness,
    private readonly queues: QueueCounts,
    private readonly settings: DatabaseConfig,
    private readonly sampler: SystemSampler,
  ) {}

  onModuleInit(): void {
    const { metrics } = this;
    const build = { version: VERSION, node: process.version, commit: readBuildInfo().commitHash ?? '' };
    metrics.gauge(
      'smartcloudops_build_info',
      'What runs here; always 1',
      ['version', 'node', 'commit'],
      (gauge) => gauge.set(build, 1),
    );
    metrics.gauge('smartcloudops_ready', 'Whether this process takes requests', [], async (gauge) =>
      gauge.set((await this.readiness.check()).ready ? 1 : 0),
    );
    metrics.gauge('smartcloudops_database_up', 'Whether the database answers', [], async (gauge) =>
      gauge.set((await this.readiness.database()).reachable ? 1 : 0),
    );
    metrics.gauge(
      'smartcloudops_database_pool_connections',
      'Connections of the pool, in use and idle',
      ['state'],
      (gauge) => {
        const { total, idle } = this.database.poolUsage();
        gauge.set({ state: 'in_use' }, total - idle);
        gauge.set({ state: 'idle' }, idle);
      },
    );
    metrics.gauge('smartcloudops_database_pool_waiting', 'Callers that wait for a connection', [], (gauge) =>
      gauge.set(this.database.poolUsage().waiting),
    );
    metrics.gauge('smartcloudops_database_pool_size', 'Connections that this process may hold', [], (gauge) =>
      gauge.set(this.settings.poolSize),
    );
    metrics.gauge(
      'smartcloudops_database_transactions_repeated',
      'Transactions that this process ran again since another had crossed them',
      [],
      (gauge) => gauge.set(this.database.repeatedCount),
    );
    metrics.gauge(
      'smartcloudops_disk_used_ratio',
      'Used part of the disk of DATA_DIR, as looked at in the last ten seconds',
      [],
      (gauge) => {
        const { diskUsagePercent } = this.sampler.newest().host;
        if (diskUsagePercent === null) leaveOut(gauge);
        else gauge.set(diskUsagePercent / 100);
      },
    );
    metrics.gauge(
      'smartcloudops_jobs',
      'Jobs by queue and state, as counted in the last ten seconds',
      ['queue', 'state'],
      async (gauge) => {
        const counts = await this.queues.find();
        // Counts that nobody can take are absent: a number that stands still would look like one that is true.
        gauge.reset();
        for (const { name, waiting, active, failed, dead_letters } of counts ?? []) {
          for (const [state, count] of Object.entries({ waiting, active, failed, dead: dead_letters }))
            gauge.set({ queue: name, state }, count);
        }
      },
    );
  }
}
