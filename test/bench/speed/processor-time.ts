import { readFileSync } from 'node:fs';

/** Linux counts processor time in ticks of 10 ms (USER_HZ is 100 on every architecture that Node runs on). */
const TICK_MICROSECONDS = 10_000;

/**
 * Processor time that a process and all its threads have used so far, in microseconds; null where it cannot be read (the process is
 * gone, or the system is not Linux).
 */
export function processorMicroseconds(pid: number): number | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second member is the program's name in brackets, and may hold blanks and brackets itself.
    const [user, system] = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
      .map(Number);
    return (user + system) * TICK_MICROSECONDS;
  } catch {
    return null;
  }
}

/** Processor time of several processes, by process. */
export function readTimes(pids: readonly number[]): Map<number, number> {
  const times = pids.map((pid) => [pid, processorMicroseconds(pid)] as const);
  return new Map(times.filter((entry): entry is [number, number] => entry[1] !== null));
}

/** Time used between two readings; a process that came in between counts whole. */
export function usedBetween(before: ReadonlyMap<number, number>, after: ReadonlyMap<number, number>): number {
  return [...after].reduce((sum, [pid, time]) => sum + time - (before.get(pid) ?? 0), 0);
}
