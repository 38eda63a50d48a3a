import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { PROJECT_ROOT } from '../../../src/config/version';
import { BenchResult } from './bench-result';
import { withSpeedTable } from './speed-docs';

/** `npm run docs:bench`: writes the saved result of `npm run bench` into the README. */
const readme = join(PROJECT_ROOT, 'README.md');
const saved = readFileSync(join(PROJECT_ROOT, 'test', 'bench', 'results', 'speed.json'), 'utf8');
writeFileSync(readme, withSpeedTable(readFileSync(readme, 'utf8'), JSON.parse(saved) as BenchResult));
