import { clockTime, durationText, evidenceText } from './anomaly-words';
import { AttemptReport } from './attempt';
import { FaultTrial, HeardEvent, judgeTrial, unexplained } from './fault-trial';
import { Scenario } from './scenarios';
import { textTable } from './text-table';

/** A fault that was tried. */
export interface Tried {
  readonly scenario: Scenario;
  readonly trial: FaultTrial;
  /** What was tried against it, in its order; nothing where nothing was found. */
  readonly attempts: readonly AttemptReport[];
}

/** What the demo did beside the faults. */
interface Effort {
  readonly served: number;
  readonly failed: number;
  readonly tookSeconds: number;
}

const FAULT_HEAD = [
  'fault',
  'seen in',
  'injected',
  'opened after',
  'resolved after its end',
  'severity',
  'also opened meanwhile',
];
const REMEDY_HEAD = [
  'remedy of',
  'action',
  'asked by',
  'approved by',
  'proposed after',
  'done after',
  'outcome',
  'known after',
  'taken back by',
];

/** What came of the faults and their remedies, as lines. */
export function summaryLines(
  tried: readonly Tried[],
  events: readonly HeardEvent[],
  { served, failed, tookSeconds }: Effort,
): string[] {
  const others = unexplained(
    tried.map(({ trial }) => trial),
    events,
  );
  const remedies = tried.flatMap(({ scenario, trial, attempts }) => {
    const { openedAfterSeconds } = judgeTrial(trial, events);
    const openedAtMs = trial.injectedAtMs + (openedAfterSeconds ?? 0) * 1_000;
    return attempts.map((attempt) => remedyRow(scenario, attempt, openedAtMs));
  });
  return [
    ...textTable([FAULT_HEAD, ...tried.map((one) => faultRow(one, events))]),
    '',
    ...(remedies.length === 0
      ? []
      : [
          ...textTable([REMEDY_HEAD, ...remedies]),
          'Seconds of a remedy are from the opening of its anomaly; those of its outcome from its end.',
          '',
        ]),
    `Anomalies outside of the faults: ${others.length}`,
    ...others.map(
      ({ atMs, anomaly }) => `  ${clockTime(atMs)}  ${anomaly.severity}  ${evidenceText(anomaly)}`,
    ),
    `Requests served: ${served.toLocaleString('en')}, failed: ${failed}`,
    `The whole story took ${durationText(tookSeconds)}`,
  ].map((line) => (line === '' ? '' : `  ${line}`));
}

/** What did not happen as it should, each with its fault. */
export function complaintsOf(tried: readonly Tried[], events: readonly HeardEvent[]): string[] {
  return tried.flatMap(({ scenario, trial, attempts }) =>
    [...judgeTrial(trial, events).complaints, ...attempts.flatMap(({ complaints }) => complaints)].map(
      (complaint) => `${scenario.name}: ${complaint}`,
    ),
  );
}

function faultRow({ scenario, trial }: Tried, events: readonly HeardEvent[]): string[] {
  const report = judgeTrial(trial, events);
  const alsoOpened = new Set(report.alsoFound.map(({ metric }) => metric?.name ?? '?'));
  return [
    scenario.name,
    scenario.metric,
    clockTime(trial.injectedAtMs),
    secondsOrNever(report.openedAfterSeconds),
    secondsOrNever(report.resolvedAfterSeconds),
    report.anomaly?.severity ?? '-',
    [...alsoOpened].join(', ') || '-',
  ];
}

function remedyRow(
  { name }: Scenario,
  { remedy, action, proposedAfterSeconds, doneAtMs, judgedAfterSeconds, rollback }: AttemptReport,
  openedAtMs: number,
): string[] {
  return [
    name,
    action === null ? remedy.action_type : `#${action.id} ${action.action_type}`,
    action?.requested_by ?? '-',
    action?.approved_by ?? '-',
    secondsOrNever(proposedAfterSeconds),
    secondsOrNever(doneAtMs === null ? null : (doneAtMs - openedAtMs) / 1_000),
    action?.outcome ?? action?.status ?? '-',
    secondsOrNever(judgedAfterSeconds),
    rollback === null ? '-' : `#${rollback.id} ${rollback.action_type}`,
  ];
}

function secondsOrNever(seconds: number | null): string {
  return seconds === null ? 'never' : `${seconds.toFixed(1)} s`;
}
