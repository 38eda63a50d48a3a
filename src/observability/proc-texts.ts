/** Time that all processors spent since boot, in whatever unit the source counts; only differences are used. */
export interface CpuTimes {
  readonly idle: number;
  readonly total: number;
}

export interface NetworkTotals {
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

/**
 * Processor time from the first line of /proc/stat. Waiting for a disk is idle; guests are counted within user time already.
 * Returns null where the text has no such line.
 * @example parseCpuTimes('cpu  10 0 5 80 5 0 0 0 0 0\n') // { idle: 85, total: 100 }
 */
export function parseCpuTimes(text: string): CpuTimes | null {
  const match = /^cpu +([\d ]+)$/m.exec(text);
  const times = match?.[1].trim().split(/ +/).map(Number) ?? [];
  if (times.length < 4) return null;
  const total = times.slice(0, 8).reduce((sum, time) => sum + time, 0);
  return { idle: times[3] + (times[4] ?? 0), total };
}

/**
 * Share of memory that programs cannot have, from /proc/meminfo: what the kernel would give back from caches counts as free.
 * Units   Percent, 0..100. Null where the text lacks MemTotal or MemAvailable (kernels before 3.14).
 * @example parseMemoryUsagePercent('MemTotal: 1000 kB\nMemAvailable: 250 kB\n') // 75
 */
export function parseMemoryUsagePercent(text: string): number | null {
  const total = /^MemTotal:\s+(\d+) kB$/m.exec(text);
  const available = /^MemAvailable:\s+(\d+) kB$/m.exec(text);
  if (total === null || available === null) return null;
  return usedPercent(Number(total[1]) - Number(available[1]), Number(total[1]));
}

/**
 * Bytes since boot over all interfaces of /proc/net/dev but the loopback.
 * Returns null where the text lists no other interface.
 * @example parseNetworkTotals('  eth0: 100 1 0 0 0 0 0 0 50 1 0 0 0 0 0 0\n') // { receivedBytes: 100, sentBytes: 50 }
 */
export function parseNetworkTotals(text: string): NetworkTotals | null {
  let found = false;
  let receivedBytes = 0;
  let sentBytes = 0;
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    const fields = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/)
      .map(Number);
    if (colon < 0 || fields.length < 16 || line.slice(0, colon).trim() === 'lo') continue;
    found = true;
    receivedBytes += fields[0];
    sentBytes += fields[8];
  }
  return found ? { receivedBytes, sentBytes } : null;
}

/**
 * Part of a whole in percent, held to 0..100; null where the whole is not positive.
 * @example usedPercent(1, 4) // 25
 */
export function usedPercent(used: number, whole: number): number | null {
  if (!(whole > 0)) return null;
  return Math.min(100, Math.max(0, (used / whole) * 100));
}
