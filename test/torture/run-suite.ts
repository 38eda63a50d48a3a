import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { PROJECT_ROOT } from '../../src/config/version';
import type { Outcome } from './scenario';

const LIMIT_MS = 3_600_000;

/** Runs suites that state a whole by themselves, with other settings than in `npm test`; ends them after an hour. */
export async function runSuite(
  project: 'unit' | 'server',
  pattern: string,
  environment: Readonly<Record<string, string>>,
): Promise<Outcome> {
  const child = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      'node_modules/jest/bin/jest.js',
      '--forceExit',
      '--json',
      '--silent',
      `--testTimeout=${LIMIT_MS}`,
      '--selectProjects',
      project,
      '--testPathPatterns',
      pattern,
    ],
    {
      cwd: PROJECT_ROOT,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: LIMIT_MS,
    },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code === null) return { figures: {}, breaches: [`not done within ${LIMIT_MS / 60_000} min`] };
  const found = JSON.parse(output) as JestReport;
  const failed = found.testResults.flatMap(({ name, message, assertionResults }) => [
    ...assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ fullName, failureMessages }) => `${fullName}: ${failureMessages.join('\n').slice(0, 600)}`),
    ...(assertionResults.length === 0 ? [`${name}: ${message.slice(0, 600)}`] : []),
  ]);
  return {
    figures: { suites: found.testResults.length, passed: found.numPassedTests, failed: found.numFailedTests },
    breaches: found.success ? failed : [`jest ended with ${code}`, ...failed],
  };
}

interface JestReport {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}
