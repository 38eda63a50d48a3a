/** The parts of the product's answers that are shown here; Swagger UI documents all of them. */

export interface Anomaly {
  readonly id: number;
  readonly title: string;
  readonly severity: string;
  readonly status: string;
  readonly anomaly_score: number;
  readonly resolution: string | null;
  readonly series_id: number | null;
  readonly onset_at: string | null;
  readonly last_seen_at: string | null;
  readonly metric: MetricEvidence | null;
}

export interface MetricEvidence {
  readonly series: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | null;
  readonly usual_lower: number | null;
  readonly usual_upper: number | null;
  readonly peak_value: number | null;
  readonly peak_at: string;
}

/** What an event of `GET /api/anomalies/stream` carries. */
export interface AnomalyChange {
  readonly anomaly_id: number;
  readonly change: { readonly event: string; readonly at: string };
  readonly anomaly: Anomaly | null;
}

export interface Series {
  readonly id: number;
  readonly series: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Detector {
  readonly series_id: number;
  readonly series: string;
  readonly tier: string | null;
  readonly readiness: {
    readonly ready: boolean;
    readonly have: number;
    readonly need: number;
    readonly reason: string;
  } | null;
  readonly band: { readonly usual_lower: number | null; readonly usual_upper: number | null } | null;
  readonly last_score: { readonly value: number | null } | null;
}

export interface SampleImport {
  readonly id: number;
  readonly series_id: number;
  readonly status: string;
  readonly rows: number;
  readonly missing_rows: number;
  readonly error: string | null;
}

export interface Bucket {
  readonly time: string;
  readonly min: number;
  readonly max: number;
  readonly count: number;
}

export interface Pagination {
  readonly total: number;
  readonly next_cursor?: string | null;
}
