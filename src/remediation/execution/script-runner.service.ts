import { ChildProcess, spawn } from 'node:child_process';

import { Injectable } from '@nestjs/common';

/** How a process ended. */
export interface ProcessEnd {
  /** Null where a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Whether it was stopped because its time was over, or nobody waits any longer. */
  readonly wasStopped: boolean;
}

/** How long a script may take to tidy up once it is told to stop. */
const GRACE_MS = 2_000;

/** Runs programs on this machine. */
@Injectable()
export class ScriptRunner {
  /**
   * Runs a program to its end, without a shell: `argv` are its arguments, byte by byte. It has no environment, no input and no descriptor
   * of ours, stands in `/`, and leads a process group of its own, which is stopped as a whole.
   * Throws  the system's error where it could not be started; nothing has run then.
   */
  run(
    path: string,
    argv: readonly string[],
    stop: AbortSignal,
    onOutput: (chunk: Uint8Array) => void,
  ): Promise<ProcessEnd> {
    return new Promise((resolve, reject) => {
      // `execFile` would be this without the group, and the path is of the manifest, whose digest was compared.

      const child = spawn(path, argv, {
        env: {},
        cwd: '/',
        detached: true,
        shell: false,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let wasStopped = false;
      let killing: NodeJS.Timeout | undefined;
      const halt = () => {
        wasStopped = true;
        signalGroup(child, 'SIGTERM');
        killing = setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE_MS);
      };
      const settle = () => {
        clearTimeout(killing);
        stop.removeEventListener('abort', halt);
      };
      child.stdout.on('data', onOutput);
      child.stderr.on('data', onOutput);
      child.once('error', (error) => {
        settle();
        reject(error);
      });
      child.once('exit', () => {
        // What it left running in its group goes with it; else its open pipes would keep us waiting.
        signalGroup(child, 'SIGKILL');
      });
      child.once('close', (exitCode, signal) => {
        settle();
        resolve({ exitCode, signal, wasStopped });
      });
      child.once('spawn', () => {
        if (stop.aborted) halt();
        else stop.addEventListener('abort', halt, { once: true });
      });
    });
  }
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is empty by now.
  }
}
