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

export interface RemediationAction {
  readonly id: number;
  readonly anomaly_id: number | null;
  readonly action_type: string;
  readonly action_name: string;
  readonly status: string;
  readonly plan_hash: string;
  readonly risk: string;
  readonly approvals_required: number;
  readonly rollback_of: number | null;
  readonly outcome: string | null;
  readonly requested_by: string;
  readonly approved_by: string | null;
  readonly error_message: string | null;
  readonly execution_result: { readonly steps?: readonly StepResult[] } | null;
  readonly created_at: string;
  readonly finished_at: string | null;
}

export interface StepResult {
  readonly name: string;
  readonly state: string;
  /** What the target answered. */
  readonly result: { readonly message?: string } | null;
}

/** What somebody looks at before they approve. */
export interface ApprovalView {
  readonly reasons: readonly string[];
  readonly steps: readonly { readonly blast_radius: string; readonly rollback: string | null }[];
}

/** A line of an action's log. */
export interface ActionLogLine {
  readonly id: number;
  readonly at: string;
  readonly event: string;
  readonly message: string;
  readonly by: string;
}

export interface Pagination {
  readonly total: number;
  readonly next_cursor?: string | null;
}
