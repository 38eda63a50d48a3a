import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder that holds package.json, from the sources and from the build alike. */
function projectRoot(): string {
  const here = __dirname;
  return here.includes(`${join('dist', 'src')}`) ? join(here, '..', '..', '..') : join(here, '..', '..');
}

const manifest = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')) as {
  version: string;
  name: string;
};

/** The version, the same in package.json, OpenAPI, /health and /api/version. */
export const VERSION = manifest.version;

export const PROJECT_ROOT = projectRoot();
