import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { envTemplate, withConfigurationTable } from './config-docs';
import { PROJECT_ROOT } from './version';

/** `npm run docs:config`: writes what the section classes say into .env.template and the README. */
const readme = join(PROJECT_ROOT, 'README.md');
writeFileSync(join(PROJECT_ROOT, '.env.template'), envTemplate());
writeFileSync(readme, withConfigurationTable(readFileSync(readme, 'utf8')));
