import { type Severity, severityOf } from '../../anomaly/anomaly.types';

/** What an anomaly measured, by the contract's names of metrics. */
export type Metrics = Readonly<Record<string, number>>;

/** A severity, or what is too little to be one. */
export type JudgedSeverity = Severity | 'normal';

export const ISSUES = [
  'high_cpu_usage',
  'elevated_cpu_usage',
  'critical_memory_usage',
  'high_memory_usage',
  'critical_disk_usage',
  'high_disk_usage',
  'high_network_usage',
  'slow_response_time',
] as const;
export type Issue = (typeof ISSUES)[number];

/** The contract's thresholds, the highest of a metric first: a metric is one issue at most. */
const THRESHOLDS: Readonly<Record<string, readonly (readonly [over: number, issue: Issue])[]>> = {
  cpu_usage_avg: [
    [90, 'high_cpu_usage'],
    [80, 'elevated_cpu_usage'],
  ],
  memory_usage_pct: [
    [95, 'critical_memory_usage'],
    [85, 'high_memory_usage'],
  ],
  disk_usage_pct: [
    [95, 'critical_disk_usage'],
    [85, 'high_disk_usage'],
  ],
  network_bytes_total: [[1e9, 'high_network_usage']],
  response_time_p95: [[5, 'slow_response_time']],
};

/** Below it a score is nothing out of the ordinary. */
const LEAST_LOW_SCORE = 0.2;

/**
 * What is wrong according to the contract's thresholds, each issue once.
 * Units   cpu_usage_avg, memory_usage_pct and disk_usage_pct in percent, network_bytes_total in bytes, response_time_p95 in seconds.
 * @example issuesOf({ cpu_usage_avg: 93, disk_usage_pct: 40 }) // ['high_cpu_usage']
 */
export function issuesOf(metrics: Metrics): Issue[] {
  return Object.entries(THRESHOLDS).flatMap(([metric, thresholds]) => {
    const value = Object.hasOwn(metrics, metric) ? metrics[metric] : NaN;
    const found = thresholds.find(([over]) => value > over);
    return found === undefined ? [] : [found[1]];
  });
}

/**
 * The severity that the contract's engine gives to a score.
 * Units   score 0..1.
 * @example judgedSeverityOf(0.1) // 'normal'
 */
export function judgedSeverityOf(score: number): JudgedSeverity {
  return score < LEAST_LOW_SCORE ? 'normal' : severityOf(score);
}

/** Whether the contract asks for a remedy: below that a rule that names the severity may, and nothing else does. */
export function needsRemediation(severity: JudgedSeverity): boolean {
  return severity === 'critical' || severity === 'high';
}
