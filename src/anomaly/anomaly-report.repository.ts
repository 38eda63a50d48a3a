import { Injectable } from '@nestjs/common';

import { Database } from '../database/database';

/** Opened and resolved on one day (UTC). */
export interface DayCount {
  day: string;
  opened: number;
  resolved: number;
}

/** How long something took, in seconds, over the anomalies where it happened. */
export interface DurationSummary {
  count: number;
  mean_seconds: number | null;
  median_seconds: number | null;
  p90_seconds: number | null;
}

export interface TopSeries {
  series_id: number;
  series: string;
  anomalies: number;
}

const PER_DAY = {
  name: 'anomaly_report_days',
  text: `SELECT to_char(day, 'YYYY-MM-DD') AS day, coalesce(opened, 0)::bigint AS opened, coalesce(resolved, 0)::bigint AS resolved
         FROM generate_series(date_trunc('day', $1::timestamptz AT TIME ZONE 'UTC'), ($2::timestamptz - interval '1 microsecond') AT TIME ZONE 'UTC', interval '1 day') AS day
         LEFT JOIN (
           SELECT date_trunc('day', created_at AT TIME ZONE 'UTC') AS day, count(*) AS opened
           FROM anomalies WHERE deleted_at IS NULL AND created_at >= $1 AND created_at < $2 GROUP BY 1
         ) AS openings USING (day)
         LEFT JOIN (
           SELECT date_trunc('day', resolved_at AT TIME ZONE 'UTC') AS day, count(*) AS resolved
           FROM anomalies WHERE deleted_at IS NULL AND resolved_at >= $1 AND resolved_at < $2 GROUP BY 1
         ) AS endings USING (day)
         ORDER BY day`,
};

/** `column` is one of the two below, never text from outside. */
const duration = (column: 'acknowledged_at' | 'resolved_at') => ({
  name: `anomaly_report_${column}`,
  text: `SELECT count(*) AS count, avg(seconds)::double precision AS mean_seconds,
                percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS median_seconds,
                percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds) AS p90_seconds
         FROM (
           SELECT greatest(extract(epoch FROM ${column} - created_at), 0)::double precision AS seconds
           FROM anomalies WHERE deleted_at IS NULL AND created_at >= $1 AND created_at < $2 AND ${column} IS NOT NULL
         ) AS durations`,
});
const TO_ACKNOWLEDGE = duration('acknowledged_at');
const TO_RESOLVE = duration('resolved_at');

const TOP_SERIES = {
  name: 'anomaly_report_top_series',
  text: `SELECT series_id, max(metric ->> 'series') AS series, count(*) AS anomalies
         FROM anomalies WHERE deleted_at IS NULL AND series_id IS NOT NULL AND created_at >= $1 AND created_at < $2
         GROUP BY series_id ORDER BY anomalies DESC, series_id LIMIT $3`,
};

/** The aggregates of the report, over anomalies created in [from, to). */
@Injectable()
export class AnomalyReportRepository {
  constructor(private readonly database: Database) {}

  perDay(from: Date, to: Date): Promise<DayCount[]> {
    return this.database.query<DayCount & object>(PER_DAY, [from, to]);
  }

  async timeToAcknowledge(from: Date, to: Date): Promise<DurationSummary> {
    return (await this.database.query<DurationSummary & object>(TO_ACKNOWLEDGE, [from, to]))[0];
  }

  async timeToResolve(from: Date, to: Date): Promise<DurationSummary> {
    return (await this.database.query<DurationSummary & object>(TO_RESOLVE, [from, to]))[0];
  }

  topSeries(from: Date, to: Date, limit: number): Promise<TopSeries[]> {
    return this.database.query<TopSeries & object>(TOP_SERIES, [from, to, limit]);
  }
}
