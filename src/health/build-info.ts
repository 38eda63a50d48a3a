import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { PROJECT_ROOT } from '../config/version';

/** Where the running code comes from; null where nothing tells. */
export interface BuildInfo {
  readonly commitHash: string | null;
  readonly builtAt: Date | null;
}

/** Left by an image's build, which has no `.git` to look at: `{"commit_hash": "...", "build_date": "..."}`. */
const BUILD_FILE = 'build-info.json';
const HASH = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** What the build left, else what the checkout says: the commit of its HEAD, and when this file was compiled. */
export function readBuildInfo(root = PROJECT_ROOT, self = __filename): BuildInfo {
  const left = readBuildFile(join(root, BUILD_FILE));
  return {
    commitHash: left.commitHash ?? readHead(join(root, '.git')),
    // Sources that are run as they are have not been built.
    builtAt: left.builtAt ?? (self.endsWith('.js') ? statSync(self).mtime : null),
  };
}

function readBuildFile(path: string): BuildInfo {
  try {
    const left = JSON.parse(readFileSync(path, 'utf8')) as {
      commit_hash?: unknown;
      build_date?: unknown;
    } | null;
    const commit = String(left?.commit_hash);
    const date = new Date(String(left?.build_date));
    return {
      commitHash: HASH.test(commit) ? commit : null,
      builtAt: Number.isNaN(date.getTime()) ? null : date,
    };
  } catch {
    return { commitHash: null, builtAt: null };
  }
}

/** The commit that a repository's HEAD points at: directly, by a loose reference, or by a packed one. */
function readHead(git: string): string | null {
  try {
    const head = readFileSync(join(git, 'HEAD'), 'utf8').trim();
    const reference = /^ref: (refs\/[\w./-]+)$/.exec(head)?.[1];
    if (reference === undefined) return HASH.test(head) ? head : null;
    const loose = join(git, reference);
    if (existsSync(loose)) return readFileSync(loose, 'utf8').trim();
    const packed = readFileSync(join(git, 'packed-refs'), 'utf8').split('\n');
    return packed.find((line) => line.endsWith(` ${reference}`))?.split(' ', 1)[0] ?? null;
  } catch {
    // No repository here, or one of a form that we do not know.
    return null;
  }
}
