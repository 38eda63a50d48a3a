import { Goal, Spread, Verdict } from './verdict';

/** One target under one load for some seconds. */
export interface Turn {
  readonly work: string;
  readonly target: string;
  readonly round: number;
  readonly ops: number;
  readonly opsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly non2xx: number;
  /** Processor microseconds of what is counted, in the server and in its PostgreSQL backends; null where there are none to read. */
  readonly serverMicros: number | null;
  readonly postgresMicros: number | null;
}

/** One goal and what was measured for it. */
export interface Row {
  readonly id: string;
  readonly title: string;
  /** Null where the row was not run. */
  readonly goal: Goal | null;
  readonly verdict: Verdict | 'wrong' | 'not run';
  /** Wrong answers, doubts about the machine, or why it was not run. */
  readonly remarks: readonly string[];
  readonly ratio?: Spread;
  /** Processor time a request, the baseline's over ours: above 1 ours needs less. */
  readonly cpuRatio?: Spread;
}

/** A row that says why it was not run, and so never passes. */
export function notRunRow(id: string, title: string, reason: string): Row {
  return { id, title, goal: null, verdict: 'not run', remarks: [reason] };
}

export interface BenchResult {
  readonly mode: 'full' | 'quick' | 'part';
  readonly at: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: { readonly processor: string; readonly cores: number };
  readonly loadAverage: { readonly start: number; readonly end: number };
  /** Milliseconds that one durable write took at the start, in the middle and at the end. */
  readonly diskSyncMs: readonly number[];
  readonly rows: readonly Row[];
  readonly turns: readonly Turn[];
}

/** A ratio of processor times may fall by this much before it is a regression: what repeated runs of one version differ by is less. */
const TOLERANCE = 0.2;

/** The result as text: one line a row, then its remarks. */
export function resultTable({ rows }: Pick<BenchResult, 'rows'>): string {
  const cells = [
    ['row', 'what', 'goal', 'median', 'min - max', 'n', 'processor', 'verdict'],
    ...rows.map(({ id, title, goal, ratio, cpuRatio, verdict }) => [
      id,
      title,
      goal === null ? '' : goalText(goal),
      ratio === undefined ? '' : figure(ratio.median),
      ratio === undefined ? '' : `${figure(ratio.min)} - ${figure(ratio.max)}`,
      ratio === undefined ? '' : String(ratio.n),
      cpuRatio === undefined ? '' : figure(cpuRatio.median),
      verdict,
    ]),
  ];
  const widths = cells[0].map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  const lines = cells.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
  const remarks = rows.flatMap(({ id, remarks }) => remarks.map((remark) => `  row ${id}: ${remark}`));
  return [...lines, ...remarks].join('\n');
}

/** Mean throughput, latency and processor time of each target at each work, over the rounds. */
export function turnsTable(turns: readonly Turn[]): string {
  const groups = Map.groupBy(turns, ({ work, target }) => `${work.padEnd(14)} ${target.padEnd(10)}`);
  return [...groups]
    .map(([name, group]) => {
      const mean = (read: (turn: Turn) => number | null): string => {
        const values = group.map(read).filter((value) => value !== null);
        return values.length === 0
          ? '-'
          : (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(2);
      };
      return (
        `${name} ${mean((turn) => turn.opsPerSecond).padStart(9)}/s  p50 ${mean((turn) => turn.p50Ms).padStart(6)} ms` +
        `  p99 ${mean((turn) => turn.p99Ms).padStart(6)} ms  server ${mean((turn) => turn.serverMicros).padStart(7)} us` +
        `  postgres ${mean((turn) => turn.postgresMicros).padStart(7)} us`
      );
    })
    .join('\n');
}

/** Which rows need more processor time, against their baseline, than they did in a saved result. */
export function regressions(now: Pick<BenchResult, 'rows'>, saved: Pick<BenchResult, 'rows'>): string[] {
  const before = new Map(saved.rows.map((row) => [row.id, row.cpuRatio?.median]));
  return now.rows.flatMap(({ id, title, cpuRatio }) => {
    const was = before.get(id);
    if (cpuRatio === undefined || was === undefined || cpuRatio.median >= was * (1 - TOLERANCE)) return [];
    return [`row ${id} (${title}): processor ratio ${figure(cpuRatio.median)}, saved ${figure(was)}`];
  });
}

/** The README's table: what was measured, as ratios with their spread. */
export function readmeTable({ rows }: Pick<BenchResult, 'rows'>): string {
  const lines = rows.flatMap(({ title, goal, ratio, cpuRatio, verdict }) =>
    goal === null || ratio === undefined
      ? []
      : [
          `| ${title} | ${goalText(goal)} | **${figure(ratio.median)}** | ${figure(ratio.min)} - ${figure(ratio.max)} | ` +
            `${cpuRatio === undefined ? '' : figure(cpuRatio.median)} | ${verdict} |`,
        ],
  );
  return [
    '| ours / baseline | goal | median | min - max | processor | |',
    '|---|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}

/** @example goalText({ kind: 'at least', ratio: 0.85 }) // '>= 0.85' */
export function goalText({ kind, ratio }: Goal): string {
  return `${kind === 'at least' ? '>=' : '<='} ${figure(ratio)}`;
}

export function figure(value: number): string {
  return value.toFixed(2);
}
