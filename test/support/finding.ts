import type { Finding } from '../../src/ml/ml.types';

/** What a suite tells of a finding; the rest is as of any. */
export interface ToldFinding {
  readonly seriesId: number;
  readonly kind: 'opened' | 'extended' | 'ended';
  readonly service: string;
  readonly score?: number;
  readonly atMs?: number;
}

/** A finding as detection would tell it. */
export function findingOf({ seriesId, kind, service, score = 0.7, atMs = Date.now() }: ToldFinding): Finding {
  return {
    seriesId,
    name: 'latency',
    labels: { service },
    title: `latency{service="${service}"}`,
    tier: 'full',
    intervalSeconds: 10,
    reopenSeconds: 600,
    change: {
      kind,
      onsetMs: atMs,
      atMs,
      lastAbnormalMs: atMs,
      outcome: 'recovered',
      value: 9,
      usual: { lower: 0, upper: 1 },
      peak: { value: 9, atMs },
      evidence: { score, confidence: 0.9, surprise: 7, atMs, value: 9 },
    },
  } as unknown as Finding;
}
