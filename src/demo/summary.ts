import { clockTime, durationText, evidenceText } from './anomaly-words';
import { FaultTrial, HeardEvent, judgeTrial, unexplained } from './fault-trial';
import { RemedyReport } from './remedy';
import { Scenario } from './scenarios';
import { textTable } from './text-table';

/** A fault that was tried. */
export interface Tried {
  readonly scenario: Scenario;
  readonly trial: FaultTrial;
  /** Null where nobody was to remedy it, or nothing was found to remedy. */
  readonly remedy: RemedyReport | null;
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
const REMEDY_HEAD = ['remedy of', 'action', 'asked by', 'approved by', 'proposed after', 'done after', 'end'];

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
  const remedies = tried.flatMap(({ scenario, remedy }) =>
    remedy === null ? [] : [remedyRow(scenario, remedy)],
  );
  return [
    ...textTable([FAULT_HEAD, ...tried.map((one) => faultRow(one, events))]),
    '',
    ...(remedies.length === 0
      ? []
      : [
          ...textTable([REMEDY_HEAD, ...remedies]),
          'Seconds of a remedy are from the opening of its anomaly.',
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
  return tried.flatMap(({ scenario, trial, remedy }) =>
    [...judgeTrial(trial, events).complaints, ...(remedy?.complaints ?? [])].map(
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
  { action, proposedAfterSeconds, doneAfterSeconds }: RemedyReport,
): string[] {
  return [
    name,
    action === null ? '-' : `#${action.id} ${action.action_type}`,
    action?.requested_by ?? '-',
    action?.approved_by ?? '-',
    secondsOrNever(proposedAfterSeconds),
    secondsOrNever(doneAfterSeconds),
    action?.status ?? '-',
  ];
}

function secondsOrNever(seconds: number | null): string {
  return seconds === null ? 'never' : `${seconds.toFixed(1)} s`;
}
