import type { JsonObject, JsonValue } from './json';
import { argvOf, readScriptManifest, Script } from './script-manifest';

const DIGEST = 'a'.repeat(64);
const manifest = (entry: JsonObject): string =>
  JSON.stringify({ scripts: { act: { path: '/opt/act', sha256: DIGEST, ...entry } } });
const read = (entry: JsonObject = {}): Script => readScriptManifest(manifest(entry)).get('act') as Script;

describe('a manifest of scripts', () => {
  it('says of each what it is and what it takes', () =>
    expect(read({ arguments: [{ name: 'days', type: 'integer', max: 9 }], is_idempotent: true })).toEqual({
      name: 'act',
      path: '/opt/act',
      sha256: DIGEST,
      options: [],
      arguments: [{ name: 'days', type: 'integer', min: 0, max: 9, fallback: undefined }],
      dryRunOption: null,
      timeoutSeconds: 60,
      isIdempotent: true,
      retryExitCodes: [],
    }));

  it.each<[entry: JsonObject, reason: string]>([
    [{ path: 'opt/act' }, 'an absolute path'],
    [{ path: '/opt/a\nb' }, 'an absolute path'],
    [{ sha256: 'abc' }, '64 hex digits'],
    [{ shell: true }, '"shell"'],
    [{ env: {} }, '"env"'],
    [{ timeout_seconds: 601 }, 'timeout_seconds'],
    [{ arguments: [{ name: 'a', type: 'regex' }] }, 'arguments[0].type'],
    [{ arguments: [{ name: 'a', type: 'choice' }] }, 'arguments[0].values'],
    [{ arguments: [{ name: 'a', type: 'integer', min: 5, max: 4 }] }, 'arguments[0].max'],
    [{ arguments: [{ name: 'a', type: 'integer', max: 4, default: 5 }] }, 'arguments[0].default'],
    [{ arguments: [{ type: 'text' }] }, 'arguments[0].name'],
  ])('refuses %j', (entry, reason) => expect(() => read(entry)).toThrow(reason));

  it.each(['', 'null', '[]', '{"scripts":{"a":1}}', '{"Scripts":{}}', '{'])('is not %j', (text) =>
    expect(() => readScriptManifest(text)).toThrow(),
  );
});

describe('what a script is started with', () => {
  const script = read({
    options: ['-q'],
    dry_run_option: '--dry-run',
    arguments: [
      { name: 'days', type: 'integer', min: 1, max: 90, default: 7 },
      { name: 'where', type: 'choice', values: ['/tmp', '/var'] },
      { name: 'note', type: 'text', max_length: 5, default: '' },
    ],
  });

  it.each<[parameters: JsonObject, fixed: [string, JsonValue][], argv: string[]]>([
    [{ where: '/tmp' }, [], ['-q', '--', '7', '/tmp', '']],
    [{ where: '/tmp', days: 1, note: '-rf' }, [], ['-q', '--', '1', '/tmp', '-rf']],
    [{ where: '/tmp' }, [['where', '/var']], ['-q', '--', '7', '/var', '']],
    [{ where: '/var', days: null }, [], ['-q', '--', '7', '/var', '']],
  ])('with %j and fixed %j is %j', (parameters, fixed, argv) =>
    expect(argvOf(script, parameters, new Map(fixed), false)).toEqual(argv),
  );

  it('has the option of a dry run before --', () =>
    expect(argvOf(script, { where: '/tmp' }, new Map(), true)).toEqual([
      '-q',
      '--dry-run',
      '--',
      '7',
      '/tmp',
      '',
    ]));

  it.each<[parameters: JsonObject, reason: string]>([
    [{}, 'parameters.where is missing'],
    [{ where: '/etc' }, 'one of /tmp, /var'],
    [{ where: '/tmp', days: 91 }, 'from 1 to 90'],
    [{ where: '/tmp', days: '7' }, 'from 1 to 90'],
    [{ where: '/tmp', note: 'longer' }, 'at most 5'],
    [{ where: '/tmp', note: '\ud800' }, 'text'],
    [{ where: ['/tmp'] }, 'one of'],
  ])('is refused with %j', (parameters, reason) =>
    expect(() => argvOf(script, parameters, new Map(), false)).toThrow(reason),
  );
});
