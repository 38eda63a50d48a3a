import type { Severity } from '../../anomaly/anomaly.types';

/** What can be told of; the names are those of the contract where it has one. */
export const NOTICE_TYPES = ['anomaly_detected', 'approval_needed', 'remediation_executed'] as const;
export type NoticeType = (typeof NOTICE_TYPES)[number];

/** A fact that people are told of. */
export interface Notice {
  readonly type: NoticeType | 'test';
  /** The same for the same fact, however often somebody comes across it. */
  readonly key: string;
  /** Of the anomaly that it is about; null where there is none. */
  readonly severity: Severity | null;
  readonly labels: Readonly<Record<string, string>> | null;
  /** One sentence for people. */
  readonly summary: string;
  /** What programs read: ids, texts, numbers and instants. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** What an endpoint is sent when somebody tries it. */
export function testNotice(key: string, endpointName: string): Notice {
  return {
    type: 'test',
    key,
    severity: null,
    labels: null,
    summary: `A test of the endpoint ${endpointName}`,
    data: { endpoint: endpointName },
  };
}
