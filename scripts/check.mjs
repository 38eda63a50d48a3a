// Everything that must hold besides the tests: `npm run check`. Runs each step, shows its command and time, and ends with a table.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { performance } from 'node:perf_hooks';

const ROOT = join(import.meta.dirname, '..');
const JEST = 'node --experimental-vm-modules node_modules/jest/bin/jest.js --selectProjects server';
const PASSED = 'passed';
const FAILED = 'FAILED';
const NOT_RUN = 'not run';

const STEPS = [
  { name: 'Format', run: commands('prettier --check --log-level warn .') },
  { name: 'Lint, import order, security rules', run: commands('eslint --max-warnings 0 .') },
  { name: 'Types', run: commands('tsc --noEmit -p tsconfig.json') },
  { name: 'Nothing unused', run: commands('knip --no-config-hints') },
  { name: 'Dependency rule', run: commands(`${JEST} --testPathPatterns test/conformance/imports`) },
  {
    name: 'OpenAPI document',
    run: commands(
      'nest build',
      'node dist/src/docs/write-openapi.js',
      'redocly lint openapi.json --config redocly.yaml',
    ),
  },
  {
    name: 'Typed client',
    // From the document that the step before wrote.
    run: commands('openapi-typescript openapi.json --output client/api.d.ts', 'tsc -p client/tsconfig.json'),
  },
  { name: 'Known vulnerabilities', run: audit },
  { name: 'Lock file', run: lockFile },
];

const outcomes = STEPS.map(({ name, run }) => {
  say(`\n${bold(name)}`);
  const start = performance.now();
  const { result, note = '' } = run();
  const seconds = ((performance.now() - start) / 1_000).toFixed(1);
  say(`${coloured(result)} in ${seconds} s${note && `: ${note}`}`);
  return { name, result, seconds, note };
});

say(`\n${bold('Summary')}`);
const width = Math.max(...outcomes.map(({ name }) => name.length));
for (const { name, result, seconds, note } of outcomes) {
  say(
    `  ${name.padEnd(width)}  ${coloured(result.padEnd(NOT_RUN.length))}  ${seconds.padStart(6)} s  ${note}`.trimEnd(),
  );
}
process.exitCode = outcomes.some(({ result }) => result === FAILED) ? 1 : 0;

/** A step of commands, the first failure of which ends it. */
function commands(...lines) {
  return () => ({ result: lines.every((line) => execute(line).status === 0) ? PASSED : FAILED });
}

/** Vulnerabilities of what is shipped, high ones and worse. A registry that does not answer such questions says nothing either way. */
function audit() {
  const { status, output } = execute('npm audit --omit=dev --audit-level=high', { quietly: true });
  if (status === 0) return { result: PASSED };
  const refused =
    /audit endpoint returned an error|ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|E40[0-9]|E50[0-9]/.exec(
      output,
    );
  if (refused !== null) return { result: NOT_RUN, note: `the registry does not answer (${refused[0]})` };
  say(output);
  return { result: FAILED };
}

/** The lock names packages and their hashes, never hosts, so that it installs from any registry; and every package has its hash. */
function lockFile() {
  say('  $ read package-lock.json');
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  const entries = Object.entries(packages).filter(([path]) => path !== '');
  const withHost = entries.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path);
  const withoutHash = entries
    .filter(([, { integrity, link, inBundle }]) => !integrity && !link && !inBundle)
    .map(([path]) => path);
  const wrong = [
    ...withHost.map((path) => `${path} names a host`),
    ...withoutHash.map((path) => `${path} has no hash`),
  ];
  for (const fault of wrong) say(`  ${fault}`);
  return { result: wrong.length === 0 ? PASSED : FAILED, note: `${entries.length} packages` };
}

/** Runs one command of the project's own tools. */
function execute(line, { quietly = false } = {}) {
  say(`  $ ${line}`);
  const [program, ...parameters] = line.split(' ');
  const path = [join(ROOT, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  const done = spawnSync(program, parameters, {
    cwd: ROOT,
    // The linter of the document neither calls home nor looks for news.
    env: { ...process.env, PATH: path, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
    stdio: quietly ? 'pipe' : 'inherit',
    encoding: 'utf8',
  });
  if (done.error !== undefined) say(`  ${done.error.message}`);
  return { status: done.status, output: `${done.stdout ?? ''}${done.stderr ?? ''}` };
}

function say(text) {
  console.log(text);
}

function bold(text) {
  return process.stdout.isTTY ? `\u001b[1m${text}\u001b[0m` : text;
}

function coloured(result) {
  if (!process.stdout.isTTY) return result;
  const colour = result.startsWith(PASSED) ? 32 : result.startsWith(FAILED) ? 31 : 33;
  return `\u001b[${colour}m${result}\u001b[0m`;
}
