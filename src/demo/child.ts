import { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

const GONE_TIMEOUT_MS = 5_000;
const GONE_LOOK_MS = 20;

export function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** How a child ended, in words. */
export function describeEnd({ exitCode, signalCode }: ChildProcess): string {
  return signalCode === null ? `ended with exit code ${exitCode}` : `was ended by ${signalCode}`;
}

/** Asks a child to end and waits; after the patience it is ended without asking. */
export async function stopChild(child: ChildProcess, patienceMs: number): Promise<void> {
  if (hasEnded(child) || child.pid === undefined) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await Promise.race([ended, delay(patienceMs, undefined, { ref: false })]);
  if (hasEnded(child)) return;
  child.kill('SIGKILL');
  await ended;
}

/**
 * Ends a process, or with a negative number a process group, without asking, and waits until it is gone.
 * Gone already, or reported by a stale file and somebody else's by now: nothing to do.
 */
export async function endProcess(pid: number, signal: NodeJS.Signals): Promise<void> {
  const deadline = Date.now() + GONE_TIMEOUT_MS;
  for (let next: NodeJS.Signals | 0 = signal; Date.now() < deadline; next = 0) {
    try {
      process.kill(pid, next);
    } catch {
      return;
    }
    await delay(GONE_LOOK_MS);
  }
}

/**
 * The environment of a child: what finds programs and folders, and what is given. The developer's own settings stay out, so that
 * a `DATABASE_URL` of theirs is never touched.
 */
export function childEnvironment(own: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return { ...(PATH && { PATH }), ...(HOME && { HOME }), ...(TMPDIR && { TMPDIR }), ...own };
}
