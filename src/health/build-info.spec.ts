import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { readBuildInfo } from './build-info';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const OTHER = 'fedcba9876543210fedcba9876543210fedcba98';
const NOWHERE = { commitHash: null, builtAt: null };

describe('where the running code comes from', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'smartcloudops-build-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }

  it('is not made up where nothing tells', () => {
    expect(readBuildInfo(root, 'build-info.ts')).toEqual(NOWHERE);
  });

  it.each<[string, Record<string, string>]>([
    ['a detached HEAD', { '.git/HEAD': `${COMMIT}\n` }],
    ['a loose reference', { '.git/HEAD': 'ref: refs/heads/main\n', '.git/refs/heads/main': `${COMMIT}\n` }],
    [
      'a packed reference',
      {
        '.git/HEAD': 'ref: refs/heads/a/b-1.x\n',
        '.git/packed-refs': `# pack-refs\n${OTHER} refs/heads/b-1.x\n${COMMIT} refs/heads/a/b-1.x\n`,
      },
    ],
  ])('is the commit of %s', (_, files) => {
    for (const [path, text] of Object.entries(files)) write(path, text);
    expect(readBuildInfo(root, 'build-info.ts').commitHash).toBe(COMMIT);
  });

  it('is unknown in a repository without a commit', () => {
    write('.git/HEAD', 'ref: refs/heads/main\n');
    expect(readBuildInfo(root, 'build-info.ts')).toEqual(NOWHERE);
  });

  it('follows what the build left before the checkout', () => {
    write('.git/HEAD', OTHER);
    write('build-info.json', JSON.stringify({ commit_hash: COMMIT, build_date: '2026-01-31T10:00:00Z' }));
    expect(readBuildInfo(root, 'build-info.ts')).toEqual({
      commitHash: COMMIT,
      builtAt: new Date('2026-01-31T10:00:00Z'),
    });
  });

  it.each(['', '{', 'null', '{"commit_hash":"unknown","build_date":"today"}'])(
    'takes nothing from a build file of %j',
    (text) => {
      write('build-info.json', text);
      expect(readBuildInfo(root, 'build-info.ts')).toEqual(NOWHERE);
    },
  );

  it('was built when its file was compiled', () => {
    write('build-info.js', '');
    const compiledAt = new Date('2026-01-31T10:00:00Z');
    utimesSync(join(root, 'build-info.js'), compiledAt, compiledAt);
    expect(readBuildInfo(root, join(root, 'build-info.js')).builtAt).toEqual(compiledAt);
  });
});
