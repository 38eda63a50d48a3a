import { csvLine } from '../common/http/csv';
import { Anomaly } from './anomaly.entity';
import { AnomalyResponse } from './anomaly.response';
import { AnomalyReport } from './anomaly-list.service';

/** The columns of the CSV export, in their order. */
const EXPORT_COLUMNS = [
  'id',
  'title',
  'description',
  'severity',
  'status',
  'anomaly_score',
  'confidence',
  'source',
  'created_at',
  'updated_at',
  'explanation',
  'created_by',
  'acknowledged_by',
  'acknowledged_at',
  'resolved_by',
  'resolved_at',
  'dismissed_by',
  'dismissed_at',
  'resolution',
  'root_cause',
  'series_id',
  'onset_at',
  'last_seen_at',
  'metric',
  'metrics_data',
  'labels',
  'alert_id',
  'incident_id',
  'incident_reason',
  'suppressed_by',
  'inhibited_by',
] as const satisfies readonly (keyof AnomalyResponse)[];

/** Anomalies as CSV, a header and a line each. */
export async function* exportCsv(rows: AsyncIterable<Anomaly>): AsyncGenerator<string> {
  yield csvLine(EXPORT_COLUMNS);
  for await (const row of rows) {
    const anomaly = AnomalyResponse.from(row);
    yield csvLine(EXPORT_COLUMNS.map((column) => anomaly[column]));
  }
}

/** Anomalies as one JSON document in the envelope, written piece by piece. */
export async function* exportJson(rows: AsyncIterable<Anomaly>): AsyncGenerator<string> {
  yield '{"status":"success","data":{"anomalies":[';
  let first = true;
  for await (const row of rows) {
    yield `${first ? '' : ','}\n${JSON.stringify(AnomalyResponse.from(row))}`;
    first = false;
  }
  yield '\n]}}\n';
}

/** The report as CSV: its three tables under each other, each with its header. */
export function reportCsv({
  per_day,
  time_to_acknowledge,
  time_to_resolve,
  top_series,
}: AnomalyReport): string {
  const durations = [
    ['acknowledge', time_to_acknowledge],
    ['resolve', time_to_resolve],
  ] as const;
  return [
    csvLine(['day', 'opened', 'resolved']),
    ...per_day.map(({ day, opened, resolved }) => csvLine([day, opened, resolved])),
    csvLine([]),
    csvLine(['time_to', 'count', 'mean_seconds', 'median_seconds', 'p90_seconds']),
    ...durations.map(([name, d]) =>
      csvLine([name, d.count, d.mean_seconds, d.median_seconds, d.p90_seconds]),
    ),
    csvLine([]),
    csvLine(['series_id', 'series', 'anomalies']),
    ...top_series.map(({ series_id, series, anomalies }) => csvLine([series_id, series, anomalies])),
  ].join('');
}
