import { Injectable, OnModuleInit } from '@nestjs/common';

import { encodeCursor, PageRequest, paginate, Pagination } from '../common/http/pagination';
import { Metrics } from '../observability/metrics';
import { Anomaly } from './anomaly.entity';
import { AnomalyNotFound } from './anomaly.errors';
import { AnomalyRepository } from './anomaly.repository';
import { AnomalyFilter, AnomalyOrder } from './anomaly.types';
import { AnomalyComment } from './anomaly-comment.entity';
import { AnomalyHistoryEntry } from './anomaly-history.entity';
import { AnomalyHistoryRepository } from './anomaly-history.repository';
import { STATUSES } from './anomaly-lifecycle';
import { AnomalyListRepository } from './anomaly-list.repository';
import { readCursor } from './anomaly-query';
import { AnomalyReportRepository, DayCount, DurationSummary, TopSeries } from './anomaly-report.repository';
import { SEVERITIES } from './severity';

/** No export is larger than this. */
const EXPORT_CAP = 1_000_000;
const TOP_SERIES = 10;

export interface AnomalyStats {
  total_anomalies: number;
  by_severity: Record<string, number>;
  by_status: Record<string, number>;
  by_source: Record<string, number>;
}

export interface AnomalyReport {
  from: Date;
  to: Date;
  per_day: DayCount[];
  time_to_acknowledge: DurationSummary;
  time_to_resolve: DurationSummary;
  top_series: TopSeries[];
}

/** Reading anomalies: lists, totals, statistics, the report and exports. */
@Injectable()
export class AnomalyListService implements OnModuleInit {
  constructor(
    private readonly anomalies: AnomalyRepository,
    private readonly pages: AnomalyListRepository,
    private readonly history: AnomalyHistoryRepository,
    private readonly reports: AnomalyReportRepository,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge(
      'anomalies',
      'Anomalies by status and severity',
      ['status', 'severity'],
      async (gauge) => {
        const cube = await this.pages.cube();
        gauge.reset();
        for (const { status, severity, count } of cube) gauge.inc({ status, severity }, count);
      },
    );
  }

  /** One page by number, or after a cursor. Throws InvalidInput where the cursor is none. */
  async list(
    filter: AnomalyFilter,
    order: AnomalyOrder,
    request: PageRequest,
    cursor?: string,
  ): Promise<{ anomalies: Anomaly[]; pagination: Pagination }> {
    const { rows, total, capped } = await (cursor === undefined
      ? this.pages.listFrom(filter, order, request.perPage + 1, (request.page - 1) * request.perPage)
      : this.pages.listAfter(filter, order, request.perPage + 1, readCursor(order, cursor)));
    const anomalies = rows.slice(0, request.perPage);
    const last = anomalies.at(-1);
    const hasMore = rows.length > request.perPage && last !== undefined;
    return {
      anomalies,
      pagination: {
        ...paginate(request, total),
        ...(capped && { total_capped: true }),
        next_cursor: hasMore ? encodeCursor([sortValue(last, order), last.id]) : null,
      },
    };
  }

  /** Counts of all visible anomalies, exact, from the counters. */
  async stats(): Promise<AnomalyStats> {
    const stats: AnomalyStats = {
      total_anomalies: 0,
      by_severity: Object.fromEntries(SEVERITIES.map((severity) => [severity, 0])),
      by_status: Object.fromEntries(STATUSES.map((status) => [status, 0])),
      by_source: {},
    };
    const bySource = new Map<string, number>();
    for (const { status, severity, source, count } of await this.pages.cube()) {
      stats.total_anomalies += count;
      stats.by_severity[severity] += count;
      stats.by_status[status] += count;
      bySource.set(source, (bySource.get(source) ?? 0) + count);
    }
    stats.by_source = Object.fromEntries(bySource);
    return stats;
  }

  /** What was opened and resolved in [from, to), how long it took, and where it happened. */
  async report(from: Date, to: Date): Promise<AnomalyReport> {
    const [per_day, time_to_acknowledge, time_to_resolve, top_series] = await Promise.all([
      this.reports.perDay(from, to),
      this.reports.timeToAcknowledge(from, to),
      this.reports.timeToResolve(from, to),
      this.reports.topSeries(from, to, TOP_SERIES),
    ]);
    return { from, to, per_day, time_to_acknowledge, time_to_resolve, top_series };
  }

  /** Streams what a filter matches, newest first. */
  export(filter: AnomalyFilter): AsyncGenerator<Anomaly> {
    return this.pages.export(filter, EXPORT_CAP);
  }

  /** Throws AnomalyNotFound. */
  async listHistory(
    id: number,
    request: PageRequest,
  ): Promise<{ history: AnomalyHistoryEntry[]; pagination: Pagination }> {
    await this.requireVisible(id);
    const [history, total] = await this.history.list(id, request);
    return { history, pagination: paginate(request, total) };
  }

  /** Throws AnomalyNotFound. */
  async listComments(
    id: number,
    request: PageRequest,
  ): Promise<{ comments: AnomalyComment[]; pagination: Pagination }> {
    await this.requireVisible(id);
    const [comments, total] = await this.history.listComments(id, request);
    return { comments, pagination: paginate(request, total) };
  }

  private async requireVisible(id: number): Promise<void> {
    if ((await this.anomalies.find(id)) === null) throw new AnomalyNotFound(id);
  }
}

function sortValue(anomaly: Anomaly, { key }: AnomalyOrder): string | number {
  switch (key) {
    case 'created_at':
      return anomaly.createdAt.toISOString();
    case 'updated_at':
      return anomaly.updatedAt.toISOString();
    case 'severity':
      return anomaly.severityRank;
    case 'anomaly_score':
      return anomaly.anomalyScore;
  }
}
