import { Fault } from './fault';

/** What has to be seen for a remedy to have helped, as the product takes it; the product looks at the anomaly where it is left out. */
export interface Verify {
  readonly series: string;
  readonly same_labels: readonly string[];
  readonly op: '<';
  readonly threshold: number;
  readonly for: number;
  readonly timeout: number;
  readonly roll_back: 'no_effect';
}

/** A remedy that the operator thinks of, as a rule of the product. */
export interface Remedy {
  readonly action_type: string;
  readonly parameters?: Readonly<Record<string, number>>;
  readonly verify?: Verify;
  /** Whether the fault is one that it ends; else the product must find out that it does not. */
  readonly shouldHelp: boolean;
}

/** A fault, where it must be seen, and what is to be tried against it. */
export interface Scenario {
  readonly name: string;
  /** The metric in which it must be seen. */
  readonly metric: string;
  readonly fault: Fault;
  readonly story: string;
  /** In the order in which the operator would try them. */
  readonly remedies: readonly Remedy[];
}

/** Answers take 20 to 100 ms when nothing is wrong, and 400 ms longer when something is. */
const ANSWERS_ARE_QUICK: Verify = {
  series: 'orders_response_seconds{quantile="0.5"}',
  same_labels: ['job'],
  op: '<',
  threshold: 0.25,
  for: 10,
  timeout: 30,
  roll_back: 'no_effect',
};

/** What is tried, in order. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'memory leak',
    metric: 'process_resident_memory_bytes',
    fault: { leak_mb_per_second: 5 },
    story: 'the service keeps 5 MB more every second until something restarts its worker',
    remedies: [{ action_type: 'restart_service', shouldHelp: true }],
  },
  {
    name: 'latency',
    metric: 'orders_response_seconds',
    fault: { latency_ms: 400 },
    story: 'every answer of the worker now waits 400 ms longer; the operator thinks that it is the load',
    remedies: [
      { action_type: 'scale_up', parameters: { by: 1 }, verify: ANSWERS_ARE_QUICK, shouldHelp: false },
      { action_type: 'restart_service', verify: ANSWERS_ARE_QUICK, shouldHelp: true },
    ],
  },
];
