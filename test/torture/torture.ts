import { parseArgs } from 'node:util';

import { progressBar } from '../../src/demo/progress-bar';
import { Terminal } from '../../src/demo/terminal';
import startPostgres from '../support/start-postgres';
import stopPostgres from '../support/stop-postgres';
import { NOT_BUILT, Scenario, SCENARIOS } from './catalogue';
import { failed, notRun, Report, summaryOf } from './summary';

/**
 * The scenarios of the suites at their full size, one after the other, on servers and databases of their own:
 *
 *   npm run torture [-- --only=kill-server,races] [--scale=0.1]
 *
 * All of them take hours; each is bounded by its counts. Ends with a table; exit code 1 where a goal was missed, or a scenario could not be run.
 */
const terminal = new Terminal();

interface Options {
  readonly only: ReadonlySet<string> | null;
  readonly scale: number;
}

function readOptions(): Options {
  const { values } = parseArgs({ options: { only: { type: 'string' }, scale: { type: 'string' } } });
  const scale = Number(values.scale ?? 1);
  if (!(scale > 0 && scale <= 10)) throw new Error('--scale must be more than 0 and at most 10');
  const only = values.only?.split(',') ?? null;
  const names = SCENARIOS.map(({ name }) => name);
  const unknown = only?.filter((name) => !names.includes(name)) ?? [];
  if (unknown.length > 0)
    throw new Error(`--only=${unknown.join(',')} is unknown; accepted are ${names.join(', ')}`);
  return { only: only === null ? null : new Set(only), scale };
}

async function torture({ title, goal, count, run }: Scenario, scale: number): Promise<Report> {
  const scaled = Math.max(1, Math.round(count * scale));
  const start = performance.now();
  const show = (done: number, of: number): void =>
    terminal.progress(`  ${progressBar(done, of)}  ${title}  ${done.toLocaleString('en')}`);
  terminal.say(`${title}: ${scaled.toLocaleString('en')}`);
  const base = { title, goal, count: scaled, seconds: 0 };
  const report: Report = await run(scaled, show).then(
    ({ figures, breaches }) => ({
      ...base,
      figures,
      breaches,
      verdict: breaches.length === 0 ? 'pass' : 'FAILED',
    }),
    // Whatever it is that keeps a scenario from its end, the goal was not shown.
    (error: Error) => ({ ...base, figures: {}, breaches: [String(error.stack)], verdict: 'FAILED' }),
  );
  const seconds = (performance.now() - start) / 1_000;
  terminal.settle(
    `  ${report.verdict} in ${seconds.toFixed(0)} s`,
    ...report.breaches.map((breach) => `  ! ${breach}`),
  );
  return { ...report, seconds };
}

async function main(): Promise<void> {
  const { only, scale } = readOptions();
  const reports: Report[] = [];
  await startPostgres();
  try {
    for (const scenario of SCENARIOS) {
      const isAsked = only === null || only.has(scenario.name);
      reports.push(isAsked ? await torture(scenario, scale) : notRun(scenario, 'not asked for'));
    }
  } finally {
    await stopPostgres();
  }
  reports.push(...NOT_BUILT.map(([title, goal]) => notRun({ title, goal, count: 0 }, 'not built yet')));
  terminal.say('', ...summaryOf(reports));
  process.exit(reports.some(failed) ? 1 : 0);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exit(2);
});
