import { readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';

import { Injectable } from '@nestjs/common';

import { keepSecret } from '../config/secret-file';
import { DatabaseConfig } from '../config/sections';
import { Checkpoint, readCheckpoint, signCheckpoint } from './audit-checkpoint';

/** The latest checkpoint, kept in DATA_DIR with the key that signs it: whoever owns the database owns neither. */
@Injectable()
export class CheckpointFile {
  private readonly path: string;

  constructor(private readonly config: DatabaseConfig) {
    this.path = join(config.dataDir, 'audit-checkpoint');
  }

  /** Throws where the file is there but cannot be read. */
  read(): Checkpoint | 'none' | 'forged' {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'none';
      throw error;
    }
    return readCheckpoint(text, this.key()) ?? 'forged';
  }

  /** Replaces the checkpoint, whole or not at all; returns it as signed. */
  async write(checkpoint: Checkpoint): Promise<string> {
    const text = signCheckpoint(checkpoint, this.key());
    const partial = `${this.path}.${process.pid}`;
    const file = await open(partial, 'w', 0o600);
    try {
      await file.writeFile(`${text}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, this.path);
    return text;
  }

  /** What signs, made where it is missing; never to be shown. */
  key(): string {
    return keepSecret(this.config.dataDir, 'audit-key');
  }
}
