import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

import { Injectable } from '@nestjs/common';

import { RemediationConfig } from '../../config/sections';
import { NoExecutor, OrderRefused } from './execution.errors';
import { readScriptManifest, Script } from './script-manifest';

const MAX_BYTES = 1024 * 1024;
const GROUP_OR_OTHERS_MAY_WRITE = 0o022;

/**
 * The scripts that whoever runs the machine has admitted. The manifest is a file and no setting of the API on purpose: who administers
 * the product over HTTP chooses among these, and can never add one.
 */
@Injectable()
export class ManifestFile {
  constructor(private readonly config: RemediationConfig) {}

  get isConfigured(): boolean {
    return this.config.scripts !== '';
  }

  /** Read anew each time: taking a script out stops the very next run. Throws  NoExecutor, OrderRefused, InvalidTarget. */
  get(name: string): Script {
    const script = readScriptManifest(this.read()).get(name);
    if (script === undefined) throw new OrderRefused(`the manifest has no script ${JSON.stringify(name)}`);
    return script;
  }

  private read(): string {
    const { scripts: path } = this.config;
    if (path === '')
      throw new NoExecutor(
        'No scripts are admitted on this machine; name a manifest of them in REMEDIATION_SCRIPTS and start again',
      );
    try {
      return readGuarded(path);
    } catch (error) {
      const reason =
        error instanceof OrderRefused ? error.message : String((error as NodeJS.ErrnoException).code);
      throw new OrderRefused(`the manifest of REMEDIATION_SCRIPTS cannot be used: ${reason}`);
    }
  }
}

/** At once, since it is small and seldom asked for. Judged by what was opened, and not by what stood at the path before. */
function readGuarded(path: string): string {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(file);
    if (!stat.isFile() || stat.size > MAX_BYTES) throw new OrderRefused('it is no file of at most 1 MiB');
    if ((stat.mode & GROUP_OR_OTHERS_MAY_WRITE) !== 0)
      throw new OrderRefused('others than its owner may write it (chmod go-w)');
    if (![0, process.getuid?.()].includes(stat.uid))
      throw new OrderRefused('it belongs neither to root nor to the user of this process');
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}
