import { textTable } from '../../src/demo/text-table';

/** A row of the summary. */
export interface Report {
  readonly title: string;
  readonly goal: string;
  readonly count: number;
  readonly figures: Readonly<Record<string, number>>;
  readonly breaches: readonly string[];
  readonly verdict: 'pass' | 'FAILED' | 'not run';
  readonly seconds: number;
  /** Why it was not run. */
  readonly reason?: string;
}

/** What was left out says so, and never passes. */
export function notRun(
  { title, goal, count }: Pick<Report, 'title' | 'goal' | 'count'>,
  reason: string,
): Report {
  return { title, goal, count, figures: {}, breaches: [], verdict: 'not run', seconds: 0, reason };
}

export function failed({ verdict }: Report): boolean {
  return verdict === 'FAILED';
}

/** All rows as aligned lines, the first two the head. */
export function summaryOf(reports: readonly Report[]): string[] {
  const rows = reports.map(({ title, goal, count, figures, breaches, verdict, seconds, reason }) => [
    title,
    count === 0 ? '' : count.toLocaleString('en'),
    goal,
    reason ?? [...Object.entries(figures).map(describe), `${breaches.length} breaches`].join(', '),
    verdict,
    verdict === 'not run' ? '' : seconds.toFixed(0),
  ]);
  return textTable([['scenario', 'count', 'goal', 'found', 'verdict', 'seconds'], ...rows]);
}

/** A measure is `slowest exit 912 ms`, a count `20,113 acknowledged`. */
function describe([name, value]: [string, number]): string {
  const figure = value.toLocaleString('en');
  const unit = / (ms|s)$/.exec(name)?.[1];
  return unit === undefined ? `${figure} ${name}` : `${name.slice(0, -unit.length - 1)} ${figure} ${unit}`;
}
