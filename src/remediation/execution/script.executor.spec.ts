import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { eventually } from '../../../test/support/eventually';
import { orderOf, targetOf } from '../../../test/support/step-order';
import type { StepOrder } from './executor.port';
import type { JsonObject, JsonValue } from './json';
import { ManifestFile } from './manifest-file.service';
import { ScriptExecutor } from './script.executor';
import { ScriptCopies } from './script-copies.service';
import { ScriptRunner } from './script-runner.service';

/** T16: what an argument could try to be. */
const PAYLOADS = [
  ...[
    '-rf',
    '--help',
    '--',
    '-',
    '-o/etc/passwd',
    '--output=/etc/passwd',
    '-e',
    '-c id',
    '-\n-x',
    '@/etc/passwd',
  ],
  ...[
    '; touch CANARY',
    '| touch CANARY',
    '& touch CANARY',
    '&& touch CANARY',
    '|| touch CANARY',
    '`touch CANARY`',
  ],
  ...[
    '$(touch CANARY)',
    '${IFS}touch${IFS}CANARY',
    '$((1+1))',
    '<(touch CANARY)',
    '> CANARY',
    '>> CANARY',
    '< /etc/passwd',
  ],
  ...[
    '\n touch CANARY \n',
    '\r\ntouch CANARY',
    "'; touch CANARY; '",
    '"; touch CANARY; "',
    '\\"; touch CANARY',
    "\\'; touch CANARY",
  ],
  ...[
    '*',
    '/*',
    '/etc/*',
    '?',
    '[a-z]*',
    '{a,b}',
    '~',
    '~root',
    '!!',
    '!1',
    '^a^b',
    '#',
    '# touch CANARY',
    '%s%n',
    '%00',
    '%0a',
  ],
  ...[
    '../../etc/passwd',
    '/etc/passwd',
    'file:///etc/passwd',
    '$HOME',
    '$PATH',
    '$0',
    '$@',
    '$*',
    '$IFS',
    '\t',
    ' ',
    '  a  b  ',
  ],
  ...[
    '\u202e',
    '\u{e0041}',
    'é',
    '日本',
    '🙂',
    '\u001b[31m',
    '\u0007',
    '\ufeff',
    'a\\nb',
    'a=b',
    'LD_PRELOAD=/tmp/x',
    'BASH_ENV=/tmp/x',
  ],
  '',
];

describe('the script executor', () => {
  let folder: string;
  let lines: string[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'smartcloudops-scripts-'));
    lines = [];
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const path = (name: string) => join(folder, name);
  const digest = (text: string) => createHash('sha256').update(text).digest('hex');

  /** Admits one script of this body; what stands in `more` is of its entry. */
  function admit(body: string, more: JsonObject = {}): ScriptExecutor {
    const script = `#!/bin/sh\n${body}\n`;
    writeFileSync(path('act'), script, { mode: 0o755 });
    return manifest({ act: { path: path('act'), sha256: digest(script), ...more } });
  }

  function manifest(scripts: JsonValue): ScriptExecutor {
    writeFileSync(path('manifest.json'), JSON.stringify({ scripts }), { mode: 0o600 });
    return executorOf(path('manifest.json'));
  }

  const executorOf = (scripts = '') =>
    new ScriptExecutor(new ManifestFile({ fourEyes: true, scripts }), new ScriptCopies(), new ScriptRunner());
  const target = (fixed: JsonObject = {}) =>
    targetOf('script', { scripts: { cleanup_disk: { script: 'act', arguments: fixed } } });
  const order = (parameters: JsonObject = {}, more: Partial<StepOrder> = {}) =>
    orderOf(target(), { actionType: 'cleanup_disk', parameters, ...more });
  const execute = (executor: ScriptExecutor, ordered: StepOrder, signal = new AbortController().signal) =>
    executor.execute(ordered, (line) => lines.push(line), signal);
  const printed = () => lines.slice(1);

  it('runs what was admitted, with its options, and its arguments after --', async () => {
    const executor = admit(`printf '%s|' "$@"`, {
      options: ['--quiet'],
      arguments: [
        { name: 'older_than_days', type: 'integer', min: 1, max: 90, default: 7 },
        { name: 'mount', type: 'choice', values: ['/tmp', '/var/log'] },
      ],
    });
    expect(await execute(executor, order({ mount: '/tmp', ignored: 'x' }))).toEqual({
      kind: 'succeeded',
      detail: { script: 'act', exit_code: 0, output_cut: false },
    });
    expect(printed()).toEqual(['--quiet|--|7|/tmp|']);
    const fixed = orderOf(target({ mount: '/var/log' }), {
      actionType: 'cleanup_disk',
      parameters: { mount: '/tmp', older_than_days: 30 },
    });
    await execute(executor, fixed);
    expect(lines.at(-1)).toBe('--quiet|--|30|/var/log|');
  });

  it(`hands each of ${PAYLOADS.length} hostile texts over as exactly one argument`, async () => {
    expect(PAYLOADS.length).toBeGreaterThanOrEqual(60);
    const executor = admit(`cd ${folder}; printf '%s\\0' "$@" > argv`, {
      arguments: [{ name: 'note', type: 'text', max_length: 200 }],
    });
    for (const payload of PAYLOADS) {
      expect(await execute(executor, order({ note: payload }))).toMatchObject({ kind: 'succeeded' });
      expect(readFileSync(path('argv'), 'utf8')).toBe(`--\0${payload}\0`);
    }
    expect(readdirSync(folder).sort()).toEqual(['act', 'argv', 'manifest.json']);
    expect(existsSync('CANARY') || existsSync('/CANARY')).toBe(false);
    expect(lines.every((line) => !/\p{Cc}/u.test(line))).toBe(true);
  });

  it('has no environment, no input and no file that we have open, and stands in /', async () => {
    const executor = admit(
      `/usr/bin/env | grep -v '^\\(PWD\\|_\\|SHLVL\\|OLDPWD\\)='; pwd; cat; ls -l /proc/self/fd | grep -c ${folder}`,
    );
    const ours = openSync(path('manifest.json'), 'r');
    process.env.CANARY_OF_THE_TESTS = 'seen';
    await execute(executor, order());
    delete process.env.CANARY_OF_THE_TESTS;
    closeSync(ours);
    expect(printed()).toEqual(['/', '0']);
  });

  describe('refuses to start', () => {
    const refused = { kind: 'unsent', mayRetry: false };

    it.each<[what: string, value: JsonValue]>([
      ['a number that is too large', 91],
      ['one that is too small', 0],
      ['a fraction', 1.5],
      ['a text in the place of a number', '7'],
      ['a list', [7]],
      ['nothing', null],
    ])('with %s', async (_, days) => {
      const executor = admit(`touch ${path('ran')}`, {
        arguments: [{ name: 'days', type: 'integer', min: 1, max: 90 }],
      });
      expect(await execute(executor, order({ days }))).toMatchObject(refused);
      expect(existsSync(path('ran'))).toBe(false);
    });

    it('with a NUL, which would end the argument there', async () => {
      const executor = admit('true', { arguments: [{ name: 'note', type: 'text' }] });
      expect(await execute(executor, order({ note: 'a\0b' }))).toMatchObject(refused);
    });

    it('a script that was replaced, by content, by a link, or by something that is no file', async () => {
      const executor = admit(`touch ${path('ran')}`);
      const admitted = readFileSync(path('act'));
      writeFileSync(path('act'), `#!/bin/sh\ntouch ${path('ran')} \n`);
      expect(await execute(executor, order())).toMatchObject(refused);
      rmSync(path('act'));
      writeFileSync(path('elsewhere'), admitted, { mode: 0o755 });
      symlinkSync(path('elsewhere'), path('act'));
      expect(await execute(executor, order())).toMatchObject(refused);
      rmSync(path('act'));
      expect(await execute(executor, order())).toMatchObject(refused);
      expect(existsSync(path('ran'))).toBe(false);
      await expect(executor.check(target())).rejects.toThrow('cannot be read');
    });

    it('a script that the manifest does not name, or an action that no script does', async () => {
      const executor = manifest({});
      expect(await execute(executor, order())).toMatchObject(refused);
      expect(await execute(admit('true'), order({}, { actionType: 'rollback' }))).toMatchObject(refused);
    });

    it('by a manifest that others may write, or that is none', async () => {
      const executor = admit('true');
      chmodSync(path('manifest.json'), 0o666);
      expect(JSON.stringify(await execute(executor, order()))).toContain('chmod go-w');
      for (const text of [
        '',
        '[]',
        '{"scripts":[]}',
        '{"scripts":{"act":{"path":"act","sha256":"x"}}}',
        '{"script":{}}',
      ]) {
        writeFileSync(path('manifest.json'), text);
        chmodSync(path('manifest.json'), 0o600);
        expect(await execute(executor, order())).toMatchObject(refused);
      }
    });

    it('anything without a manifest, and says how to name one', async () => {
      expect(executorOf().supports('cleanup_disk', target())).toBe(false);
      expect(JSON.stringify(await execute(executorOf(), order()))).toContain('REMEDIATION_SCRIPTS');
    });

    it('a dry run, unless the script knows one', async () => {
      expect(await execute(admit(`touch ${path('ran')}`), order({}, { isDryRun: true }))).toMatchObject(
        refused,
      );
      expect(existsSync(path('ran'))).toBe(false);
      await execute(admit('echo "$1"', { dry_run_option: '--dry-run' }), order({}, { isDryRun: true }));
      expect(lines.at(-1)).toBe('--dry-run');
    });
  });

  it('runs the bytes that were compared, whatever becomes of the file meanwhile', async () => {
    const executor = admit(
      `echo '#!/bin/sh' > ${path('act')}; echo "$0" > ${path('where')}; echo as admitted`,
    );
    expect(await execute(executor, order())).toMatchObject({ kind: 'succeeded' });
    expect(printed()).toEqual(['as admitted']);
    const ranAt = readFileSync(path('where'), 'utf8').trim();
    expect(ranAt).not.toBe(path('act'));
    expect(existsSync(ranAt)).toBe(false);
    expect(await execute(executor, order())).toMatchObject({ kind: 'unsent', mayRetry: false });
  });

  it.each<[exit: string, more: JsonObject, kind: string, mayRetry: boolean | null]>([
    ['exit 0', {}, 'succeeded', null],
    ['exit 1', {}, 'failed', false],
    ['exit 75', { retry_exit_codes: [75] }, 'failed', true],
    ['kill -KILL $$', {}, 'unknown', null],
  ])('%s with %j: %s', async (exit, more, kind, mayRetry) => {
    expect(await execute(admit(exit, more), order())).toMatchObject({
      kind,
      ...(mayRetry !== null && { mayRetry }),
    });
  });

  it('stops a script whose time is over, with everything that it started', async () => {
    const executor = admit(`trap '' TERM; sleep 60 & echo $! > ${path('child')}; sleep 60`);
    const outcome = await execute(executor, order({}, { timeoutMs: 400 }));
    expect(outcome).toMatchObject({ kind: 'unknown' });
    const child = Number(readFileSync(path('child'), 'utf8'));
    await eventually(() => isGone(child));
  });

  it('stops when nobody waits any longer, and does not begin when that is so already', async () => {
    const ended = new AbortController();
    const executor = admit(`touch ${path('ran')}; sleep 60`);
    const running = execute(executor, order(), ended.signal);
    await eventually(() => existsSync(path('ran')));
    ended.abort();
    expect(await running).toMatchObject({ kind: 'unknown' });
    rmSync(path('ran'));
    expect(await execute(executor, order(), ended.signal)).toMatchObject({ kind: 'unsent', mayRetry: true });
    expect(existsSync(path('ran'))).toBe(false);
  });

  it('does not begin an attempt that is somebody else’s by now', async () => {
    const outcome = await execute(admit(`touch ${path('ran')}`), order({}, { isHeld: () => false }));
    expect(outcome).toMatchObject({ kind: 'unsent', mayRetry: true });
    expect(existsSync(path('ran'))).toBe(false);
  });

  it('does not wait for what a script leaves running', async () => {
    const executor = admit(`sleep 60 & echo $! > ${path('child')}; exit 0`);
    expect(await execute(executor, order())).toMatchObject({ kind: 'succeeded' });
    const child = Number(readFileSync(path('child'), 'utf8'));
    await eventually(() => isGone(child));
  });

  it('keeps 64 KB of what it prints, and lets it go on printing', async () => {
    const executor = admit(
      `head -c 300000 /dev/zero | tr '\\0' 'x' | fold -w 100; echo; echo done > ${path('ran')}`,
    );
    expect(await execute(executor, order())).toMatchObject({
      kind: 'succeeded',
      detail: { output_cut: true },
    });
    expect(existsSync(path('ran'))).toBe(true);
    expect(printed().join('').length).toBeLessThan(66_000);
    expect(lines.at(-1)).toMatch(/^… \d+ more bytes of output were not kept$/);
  });

  it('shows what it prints as plain lines', async () => {
    const executor = admit(`printf 'a\\033[31mb\\r\\n\\377\\376\\nlast' >&2`);
    await execute(executor, order());
    expect(printed()).toEqual(['a[31mb', '\ufffd\ufffd', 'last']);
  });

  it('is idempotent by the word of the manifest', () => {
    expect(admit('true').isIdempotent(order())).toBe(false);
    expect(admit('true', { is_idempotent: true }).isIdempotent(order())).toBe(true);
    expect(executorOf().isIdempotent(order())).toBe(false);
  });

  it('checks scripts without running them', async () => {
    await expect(admit(`touch ${path('ran')}`).check(target())).resolves.toContain('act');
    expect(existsSync(path('ran'))).toBe(false);
  });
});

/** A process that ended and that nobody has collected yet counts as gone. */
function isGone(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].startsWith('Z');
  } catch {
    return true;
  }
}
