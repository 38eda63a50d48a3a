import { Injectable } from '@nestjs/common';

import { DatabaseConfig, ServerConfig } from '../config/sections';
import { Database } from '../database/database';
import { Metrics } from '../observability/metrics';
import {
  PoolUsageResponse,
  ProcessResponse,
  QueueDepthResponse,
  RequestsResponse,
} from './monitoring.response';
import { QueueCounts } from './queue-counts';
import { rounded } from './rounded';
import { SystemSampler } from './system-sampler';
import { uptimeText } from './uptime-text';

/** This process and what it holds, in numbers. */
@Injectable()
export class ProcessReport {
  constructor(
    private readonly server: ServerConfig,
    private readonly sampler: SystemSampler,
    private readonly metrics: Metrics,
    private readonly database: Database,
    private readonly queueCounts: QueueCounts,
    private readonly settings: DatabaseConfig,
  ) {}

  process(): ProcessResponse {
    const { host } = this.sampler.newest();
    const { rss, heapUsed } = process.memoryUsage();
    return {
      pid: process.pid,
      role: this.server.role,
      uptime: uptimeText(process.uptime()),
      uptime_seconds: Math.floor(process.uptime()),
      memory_bytes: rss,
      heap_used_bytes: heapUsed,
      cpu_percent: rounded(host.processCpuPercent),
      event_loop_delay_p99_ms: rounded(host.eventLoopDelayP99Ms),
    };
  }

  connectionPool(): PoolUsageResponse {
    return { size: this.settings.poolSize, ...this.database.poolUsage() };
  }

  /** Empty where the queues cannot be counted at present. */
  async queues(): Promise<QueueDepthResponse[]> {
    const counts = (await this.queueCounts.find()) ?? [];
    return counts.map(({ name, waiting, active, failed, dead_letters }) => ({
      name,
      waiting,
      active,
      failed,
      dead_letters,
    }));
  }

  async requests(): Promise<RequestsResponse> {
    const { count, serverErrors, seconds } = await this.metrics.requestTotals();
    return {
      total: count,
      server_errors: serverErrors,
      mean_duration_ms: count === 0 ? null : rounded((seconds / count) * 1_000),
    };
  }
}
