import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Injectable } from '@nestjs/common';

import { OrderRefused } from './execution.errors';
import type { Script } from './script-manifest';

const MAX_BYTES = 16 * 1024 * 1024;

/** A script's content as it was compared, in a place where nobody else can change it. */
export interface ScriptCopy {
  readonly path: string;
  readonly remove: () => Promise<void>;
}

/** Scripts as they are run: compared with their digest, then copied to where nobody else can change them. */
@Injectable()
export class ScriptCopies {
  /**
   * The bytes of a script, read once and compared with its digest. What runs later is these bytes and no others, whatever happens to the
   * file meanwhile.
   * Throws  OrderRefused where it is not there, is no file, or is another.
   */
  async read({ name, path, sha256 }: Pick<Script, 'name' | 'path' | 'sha256'>): Promise<Buffer> {
    let bytes: Buffer;
    try {
      // Not through a link: the manifest names the file itself. Non-blocking, so that a pipe in its place holds nobody up.
      const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      try {
        const { size } = await regular(file);
        bytes = Buffer.alloc(size);
        const { bytesRead } = await file.read(bytes, 0, size, 0);
        bytes = bytes.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    } catch (error) {
      const reason =
        error instanceof OrderRefused ? error.message : String((error as NodeJS.ErrnoException).code);
      throw new OrderRefused(`the script ${name} cannot be read: ${reason}`);
    }
    if (createHash('sha256').update(bytes).digest('hex') !== sha256)
      throw new OrderRefused(
        `the script ${name} is not the one that was admitted: its content has another digest`,
      );
    return bytes;
  }

  /** Puts the bytes where they can be run: readable and runnable by us alone, in a directory of our own. */
  async place(bytes: Buffer): Promise<ScriptCopy> {
    const directory = await mkdtemp(join(tmpdir(), 'smartcloudops-script-'));
    const remove = () => rm(directory, { recursive: true, force: true });
    try {
      const path = join(directory, 'script');
      await writeFile(path, bytes, { flag: 'wx', mode: 0o600 });
      await chmod(path, 0o500);
      return { path, remove };
    } catch (error) {
      await remove();
      throw error;
    }
  }
}

async function regular(file: {
  stat(): Promise<{ isFile(): boolean; size: number }>;
}): Promise<{ size: number }> {
  const stat = await file.stat();
  if (!stat.isFile()) throw new OrderRefused('it is no regular file');
  if (stat.size > MAX_BYTES) throw new OrderRefused(`it is larger than ${MAX_BYTES} bytes`);
  return stat;
}
