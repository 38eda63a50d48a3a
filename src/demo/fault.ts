/** What can be wrong with the sample service; nothing given is nothing wrong. */
export interface Fault {
  /** Every answer waits this long, give or take a quarter. */
  readonly latency_ms?: number;
  /** Memory that is taken and kept, every second. */
  readonly leak_mb_per_second?: number;
}

const JITTER_FRACTION = 0.25;
const LARGEST_LATENCY_MS = 60_000;
const LARGEST_LEAK = 100;

/**
 * The fault in the body of a request.
 * Throws  RangeError saying what would be accepted.
 * @example readFault({ latency_ms: 250 }) // { latency_ms: 250 }
 */
export function readFault(body: unknown): Fault {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new RangeError('the body must be an object');
  const limits = { latency_ms: LARGEST_LATENCY_MS, leak_mb_per_second: LARGEST_LEAK };
  const fault: Record<string, number> = {};
  for (const [name, value] of Object.entries(body)) {
    const most = Object.hasOwn(limits, name) ? limits[name as keyof typeof limits] : null;
    if (most === null)
      throw new RangeError(`${name} is not known; known are ${Object.keys(limits).join(', ')}`);
    if (typeof value !== 'number' || !(value >= 0 && value <= most))
      throw new RangeError(`${name} must be a number from 0 to ${most}`);
    fault[name] = value;
  }
  return fault;
}

/**
 * How long one answer waits.
 * Units   Milliseconds; chance 0..1.
 * @example delayMs({ latency_ms: 200 }, 0) // 150
 */
export function delayMs({ latency_ms = 0 }: Fault, chance: number): number {
  return latency_ms * (1 + JITTER_FRACTION * (2 * chance - 1));
}
