import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { DetectorPreset, DetectorSettings, DetectorTier } from '../../src/ml/detectors/detector.types';
import { LightDetector } from '../../src/ml/detectors/light-detector';
import { SeriesDetector } from '../../src/ml/detectors/series-detector';
import { measureThroughput } from './throughput';

/**
 * Runs the very detector that the server runs over the benchmark's files, one pass and one configuration, and has the folder's own
 * scorer judge the scores. The last three lines are the three profiles' figures.
 *
 *   npm run bench:nab -- <folder> [--tier=full|light] [--preset=quiet|normal|sensitive] [--strict-windows]
 *
 * The folder holds `data/<category>/<file>.csv`, `labels/` and `score.mjs`.
 */
interface BenchOptions {
  readonly folder: string;
  readonly tier: DetectorTier;
  readonly settings: DetectorSettings;
}

interface ProfileReport {
  readonly score: number;
  readonly threshold: number;
  readonly detected: number;
  readonly windows: number;
  readonly fp: number;
  readonly categories: Record<
    string,
    { score: number | null; detected: number; windows: number; fp: number }
  >;
}

type ScorerReport = Record<'standard' | 'reward_low_FP_rate' | 'reward_low_FN_rate', ProfileReport>;

class BenchRefused extends Error {}

function readOptions(): BenchOptions {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      tier: { type: 'string', default: 'full' },
      preset: { type: 'string', default: 'normal' },
      'strict-windows': { type: 'boolean', default: false },
    },
  });
  if (positionals.length !== 1) {
    throw new BenchRefused('say where the benchmark lies: npm run bench:nab -- <folder>');
  }
  return {
    folder: resolve(positionals[0]),
    tier: oneOf<DetectorTier>('tier', values.tier, ['full', 'light']),
    settings: {
      preset: oneOf<DetectorPreset>('preset', values.preset, ['quiet', 'normal', 'sensitive']),
      strictWindows: values['strict-windows'],
    },
  };
}

function oneOf<Word extends string>(name: string, given: string, accepted: readonly Word[]): Word {
  const found = accepted.find((word) => word === given);
  if (found === undefined)
    throw new BenchRefused(`--${name}=${given} is unknown; accepted are ${accepted.join(', ')}`);
  return found;
}

/** Every `<category>/<file>.csv` of the folder. Throws BenchRefused when a part of the benchmark is missing. */
function listFiles(folder: string): string[] {
  for (const part of ['data', join('labels', 'combined_windows.json'), 'score.mjs']) {
    if (!existsSync(join(folder, part))) throw new BenchRefused(`${join(folder, part)} is missing`);
  }
  const names = readdirSync(join(folder, 'data'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((category) =>
      readdirSync(join(folder, 'data', category.name))
        .filter((file) => file.endsWith('.csv'))
        .map((file) => `${category.name}/${file}`),
    );
  if (names.length === 0) throw new BenchRefused(`${join(folder, 'data')} holds no <category>/<file>.csv`);
  return names.sort();
}

/** Timestamps are UTC without saying so. */
function readSeries(path: string): { times: Float64Array; values: Float64Array } {
  const rows = readFileSync(path, 'utf8').trim().split(/\r?\n/).slice(1);
  const times = new Float64Array(rows.length);
  const values = new Float64Array(rows.length);
  rows.forEach((row, i) => {
    const [time, value] = row.split(',');
    times[i] = Date.parse(`${time.trim().replace(' ', 'T')}Z`);
    values[i] = value.trim() === '' ? NaN : Number(value);
  });
  return { times, values };
}

function scoreSeries(options: BenchOptions, times: Float64Array, values: Float64Array): number[] {
  const detector =
    options.tier === 'full' ? new SeriesDetector(options.settings) : new LightDetector(options.settings);
  return Array.from(values, (value, i) => detector.score(times[i], value).score);
}

function runScorer(folder: string, scored: string): ScorerReport {
  const output = execFileSync(process.execPath, [join(folder, 'score.mjs'), scored, '--json'], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(output) as ScorerReport;
}

function scoreBenchmark(options: BenchOptions): ScorerReport {
  const files = listFiles(options.folder);
  const scored = mkdtempSync(join(tmpdir(), 'bench-nab-'));
  try {
    for (const name of files) {
      const { times, values } = readSeries(join(options.folder, 'data', name));
      mkdirSync(join(scored, name.split('/')[0]), { recursive: true });
      const scores = scoreSeries(options, times, values);
      writeFileSync(join(scored, name.replace(/\.csv$/, '.json')), JSON.stringify({ scores }));
    }
    console.log(
      `${files.length} files, ${options.tier} tier, preset ${options.settings.preset}` +
        (options.settings.strictWindows ? ', strict windows' : ''),
    );
    return runScorer(options.folder, scored);
  } finally {
    rmSync(scored, { recursive: true, force: true });
  }
}

function printDetails(report: ScorerReport): void {
  const { standard } = report;
  console.log(
    `standard profile, threshold ${standard.threshold.toFixed(3)}: ` +
      `${standard.detected} of ${standard.windows} windows found, ${standard.fp} false alarms`,
  );
  for (const [category, row] of Object.entries(standard.categories)) {
    const score = row.score === null ? 'no windows' : row.score.toFixed(2);
    console.log(
      `  ${category.padEnd(22)} ${score.padStart(10)}   found ${row.detected}/${row.windows}, false ${row.fp}`,
    );
  }
}

function printThroughput(settings: DetectorSettings): void {
  console.log('points per second on one thread');
  for (const { label, pointsPerSecond } of measureThroughput(settings)) {
    console.log(`  ${label.padEnd(46)} ${Math.round(pointsPerSecond).toLocaleString('en-US').padStart(12)}`);
  }
}

try {
  const options = readOptions();
  const report = scoreBenchmark(options);
  printDetails(report);
  printThroughput(options.settings);
  console.log(`standard ${report.standard.score.toFixed(2)}`);
  console.log(`low FP ${report.reward_low_FP_rate.score.toFixed(2)}`);
  console.log(`low FN ${report.reward_low_FN_rate.score.toFixed(2)}`);
} catch (error) {
  if (!(error instanceof BenchRefused)) throw error;
  console.error(`not run: ${error.message}`);
  process.exitCode = 2;
}
