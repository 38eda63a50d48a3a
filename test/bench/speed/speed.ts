import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { PROJECT_ROOT } from '../../../src/config/version';
import { ALERTMANAGER, measureAlerts } from './alert-rows';
import { baselineVersion } from './baseline-server';
import { BenchDatabase } from './bench-database';
import { BenchResult, notRunRow, regressions, resultTable, Row, turnsTable } from './bench-result';
import { BenchRun, Pace } from './bench-run';
import { measureDetector } from './detector-row';
import { measureGrowth } from './growth-rows';
import { measureInsert } from './insert-row';
import { measureRequests } from './request-rows';
import { PROMETHEUS } from './sample-receivers';
import { measureSamples } from './sample-rows';

/**
 * Measures the server as shipped against baselines that run beside it, and prints ratios: absolute figures say more about the machine.
 *
 *   npm run bench [-- --quick] [--rows=1,3] [--compare=FILE] [--out=FILE]
 *
 * A full run takes about eleven minutes and writes test/bench/results/speed.json; `--quick` (rows 1 to 4, three rounds) and `--rows` write
 * beside it. `--compare` holds ratios of processor time, which a busy machine hardly moves, against a saved result, and ends with 1 where
 * one fell by more than a fifth. A wrong answer ends with 1 as well; a goal that is missed does not.
 */
const RESULTS = join(PROJECT_ROOT, 'test', 'bench', 'results');
const ROWS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11'] as const;
const QUICK_ROWS: readonly string[] = ['1', '2', '3', '4'];

/** Rows of performance.md that are measured when what they measure is built. */
const NOT_BUILT: readonly (readonly [id: string, title: string])[] = [
  ['12', 'experiment log-batch / one statement'],
  ['13', 'isolation forest / scikit-learn'],
];

const FULL: Pace = { rounds: 7, turnMs: 2_000, warmUpMs: 5_000 };
const QUICK: Pace = { rounds: 3, turnMs: 2_000, warmUpMs: 3_000 };

interface Options {
  readonly mode: BenchResult['mode'];
  readonly rows: ReadonlySet<string>;
  readonly compare: string | null;
  readonly out: string;
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      rows: { type: 'string' },
      compare: { type: 'string' },
      out: { type: 'string' },
    },
  });
  const rows = values.rows?.split(',') ?? (values.quick ? QUICK_ROWS : ROWS);
  const unknown = rows.filter((row) => !ROWS.some((known) => known === row));
  if (unknown.length > 0)
    throw new Error(`--rows=${unknown.join(',')} is unknown; accepted are ${ROWS.join(', ')}`);
  const mode = values.quick ? 'quick' : values.rows === undefined ? 'full' : 'part';
  return {
    mode,
    rows: new Set(rows),
    compare: values.compare === undefined ? null : resolve(values.compare),
    out: resolve(values.out ?? join(RESULTS, mode === 'full' ? 'speed.json' : `speed-${mode}.json`)),
  };
}

async function readVersions(postgres: string): Promise<Record<string, string>> {
  const load = createRequire(__filename);
  const packages = ['fastify', '@nestjs/core', 'typeorm', 'pg'].map((name) => {
    const { version } = JSON.parse(readFileSync(packageFile(load.resolve(name)), 'utf8')) as {
      version: string;
    };
    return [name, version];
  });
  return {
    node: process.versions.node,
    postgres,
    ...Object.fromEntries(packages),
    ...(await baselineVersions()),
  };
}

/** Those of the programs that are installed. */
async function baselineVersions(): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  for (const program of [PROMETHEUS, ALERTMANAGER]) {
    const version = await baselineVersion(program);
    if (version !== null) versions[program.name] = version;
  }
  return versions;
}

/** The nearest package.json above a file that names a version. */
function packageFile(from: string): string {
  const file = join(dirname(from), 'package.json');
  if (existsSync(file) && 'version' in (JSON.parse(readFileSync(file, 'utf8')) as object)) return file;
  return packageFile(dirname(from));
}

async function measure({ mode, rows }: Options): Promise<BenchResult> {
  const start = loadavg()[0];
  const cluster = await BenchDatabase.start();
  try {
    const run = new BenchRun(cluster, mode === 'quick' ? QUICK : FULL, (line) => console.error(line));
    run.probeDisk();
    const measured: Row[] = await measureRequests(run, rows);
    measured.push(...(await measureSamples(run, rows)));
    if (rows.has('7')) measured.push(...measureDetector());
    if (rows.has('9')) measured.push(...(await measureAlerts(run)));
    if (rows.has('10')) measured.push(...(await measureGrowth(run)));
    if (rows.has('11')) measured.push(...(await measureInsert(run)));
    return {
      mode,
      at: new Date().toISOString(),
      versions: await readVersions(await cluster.version()),
      machine: { processor: cpus()[0].model, cores: cpus().length },
      loadAverage: { start, end: loadavg()[0] },
      diskSyncMs: run.diskSyncMs,
      rows: [...measured, ...notRun(rows)],
      turns: run.turns,
    };
  } finally {
    await cluster.stop();
  }
}

/** What was left out says so, and never passes. */
function notRun(rows: ReadonlySet<string>): Row[] {
  const leftOut = ROWS.filter((row) => !rows.has(row)).map((id) => [id, '', 'not asked for'] as const);
  return [...leftOut, ...NOT_BUILT.map(([id, title]) => [id, title, 'not built yet'] as const)].map(
    ([id, title, reason]) => notRunRow(id, title, reason),
  );
}

async function main(): Promise<void> {
  const options = readOptions();
  const result = await measure(options);
  console.log(`${turnsTable(result.turns)}\n\n${resultTable(result)}`);
  mkdirSync(dirname(options.out), { recursive: true });
  // Read first: it may be the same file.
  const saved =
    options.compare === null ? null : (JSON.parse(readFileSync(options.compare, 'utf8')) as BenchResult);
  writeFileSync(options.out, `${JSON.stringify(result, null, 2)}\n`);
  const faults = [
    ...result.rows.filter(({ verdict }) => verdict === 'wrong').map(({ id }) => `row ${id} answered wrongly`),
    ...(saved === null ? [] : regressions(result, saved)),
  ];
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 2;
});
