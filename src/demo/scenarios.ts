import { Fault } from './fault';

/** A fault, where it must be seen, and how it ends. */
export interface Scenario {
  readonly name: string;
  /** The metric in which it must be seen. */
  readonly metric: string;
  readonly fault: Fault;
  readonly story: string;
  /** Whether the product has it repaired; else it ends by itself. */
  readonly isRemedied: boolean;
}

/** What is tried, in order. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'latency',
    metric: 'orders_response_seconds',
    fault: { latency_ms: 400 },
    story: 'every answer now waits 400 ms longer',
    isRemedied: false,
  },
  {
    name: 'memory leak',
    metric: 'process_resident_memory_bytes',
    fault: { leak_mb_per_second: 5 },
    story: 'the service keeps 5 MB more every second until something restarts its worker',
    isRemedied: true,
  },
];
