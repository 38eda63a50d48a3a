import { ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Where a program stands that some machines have, or null. */
export function findTool(name: string): string | null {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

/** What a program said, and whether it was content. */
export interface ToolRun {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** Runs a program to its end. */
export async function runTool(name: string, parameters: readonly string[]): Promise<ToolRun> {
  try {
    const { stdout, stderr } = await execute(findTool(name) ?? name, parameters, { timeout: 30_000 });
    return { code: 0, output: stdout, errors: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: number; stdout?: string; stderr?: string };
    return {
      code: typeof code === 'number' ? code : -1,
      output: stdout ?? '',
      errors: stderr ?? String(error),
    };
  }
}

/** Starts a program that runs until it is stopped. */
export function startTool(
  name: string,
  parameters: readonly string[],
  folder: string,
): { child: ChildProcess; said: () => string; stop: () => Promise<void> } {
  const child = spawn(findTool(name) ?? name, parameters, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return {
    child,
    said: () => said,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}
