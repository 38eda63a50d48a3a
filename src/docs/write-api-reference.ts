import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { PROJECT_ROOT } from '../config/version';
import { apiReference } from './api-reference';
import { describeApiOffline } from './write-openapi';

/** `npm run docs:api`: writes docs/API.md from what the routes declare. */
async function writeApiReference(): Promise<void> {
  writeFileSync(join(PROJECT_ROOT, 'docs', 'API.md'), apiReference(await describeApiOffline()));
}

void writeApiReference();
