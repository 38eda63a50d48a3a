/** A setting of days, and what it may be. */
export interface RetentionSetting {
  readonly setting: string;
  readonly min: number;
  readonly max: number;
}

/**
 * What may be set of how long each class is kept. The least is what the product itself needs (a reopened anomaly, a quarter's review, a
 * week's on-call), and ten years is for ever in operations. The audit log's least is also enforced in the database (`check_audit_cut`).
 */
export const RETENTION = {
  samples: { setting: 'SAMPLE_RETENTION_DAYS', min: 1, max: 3_650 },
  anomalies: { setting: 'ANOMALY_RETENTION_DAYS', min: 7, max: 3_650 },
  history: { setting: 'HISTORY_RETENTION_DAYS', min: 30, max: 3_650 },
  remediation: { setting: 'REMEDIATION_RETENTION_DAYS', min: 30, max: 3_650 },
  evidence: { setting: 'EVIDENCE_RETENTION_DAYS', min: 90, max: 3_650 },
  audit: { setting: 'AUDIT_RETENTION_DAYS', min: 90, max: 3_650 },
  events: { setting: 'EVENT_RETENTION_DAYS', min: 7, max: 3_650 },
  jobs: { setting: 'JOB_RETENTION_DAYS', min: 1, max: 365 },
} as const satisfies Record<string, RetentionSetting>;
