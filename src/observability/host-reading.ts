import { readFileSync, statfsSync } from 'node:fs';
import { cpus, freemem, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';

import {
  CpuTimes,
  NetworkTotals,
  parseCpuTimes,
  parseMemoryUsagePercent,
  parseNetworkTotals,
  usedPercent,
} from './proc-texts';

/** One look at the machine and this process; null where the platform does not tell, or where a rate needs an earlier look. */
export interface HostReading {
  readonly cpuUsagePercent: number | null;
  readonly memoryUsagePercent: number | null;
  readonly diskUsagePercent: number | null;
  readonly loadAvg1Min: number | null;
  readonly networkReceiveBytesPerSecond: number | null;
  readonly networkSentBytesPerSecond: number | null;
  readonly eventLoopDelayP99Ms: number | null;
  readonly processRssBytes: number;
  /** Of one core: a process that keeps two busy reads 200. */
  readonly processCpuPercent: number | null;
}

export interface HostSample {
  readonly name: string;
  readonly labels: { readonly host: string };
  readonly value: number;
}

export interface HostReaderOptions {
  /** A monotonic clock. */
  readonly nowMs: () => number;
  /** Any path on the disk to watch. Local, since a read waits for it: a dead network mount would stop the process. */
  readonly diskPath: string;
  /** Where the kernel shows its figures; elsewhere than on Linux nothing is there, and that is fine. */
  readonly procPath?: string;
}

/** What rates are measured from. */
interface Baseline {
  readonly atMs: number;
  readonly cpu: CpuTimes | null;
  readonly network: NetworkTotals | null;
  readonly processCpuMicroseconds: number;
}

const EVENT_LOOP_RESOLUTION_MS = 10;
const NANOSECONDS_PER_MS = 1e6;

const NAMES = {
  cpuUsagePercent: 'host_cpu_usage_percent',
  memoryUsagePercent: 'host_memory_usage_percent',
  diskUsagePercent: 'host_disk_usage_percent',
  loadAvg1Min: 'host_load_avg_1min',
  networkReceiveBytesPerSecond: 'host_network_receive_bytes_per_second',
  networkSentBytesPerSecond: 'host_network_sent_bytes_per_second',
  eventLoopDelayP99Ms: 'process_event_loop_delay_p99_milliseconds',
  processRssBytes: 'process_resident_memory_bytes',
  processCpuPercent: 'process_cpu_usage_percent',
} satisfies Record<keyof HostReading, string>;
const METRIC_NAMES = Object.entries(NAMES) as [keyof HostReading, string][];

/** Reads the machine. Rates are over the time since the read before, so the first read has none. */
export class HostReader {
  private readonly eventLoop: ReturnType<typeof monitorEventLoopDelay>;
  private before: Baseline | null = null;

  constructor(private readonly options: HostReaderOptions) {
    this.eventLoop = monitorEventLoopDelay({ resolution: EVENT_LOOP_RESOLUTION_MS });
    this.eventLoop.enable();
  }

  read(): HostReading {
    const { before } = this;
    const now: Baseline = {
      atMs: this.options.nowMs(),
      cpu: parseProc(this.procText('stat'), parseCpuTimes) ?? osCpuTimes(),
      network: parseProc(this.procText('net/dev'), parseNetworkTotals),
      processCpuMicroseconds: processCpuMicroseconds(),
    };
    this.before = now;
    const seconds = before === null ? 0 : (now.atMs - before.atMs) / 1000;
    return {
      cpuUsagePercent: cpuUsagePercent(before?.cpu ?? null, now.cpu),
      memoryUsagePercent:
        parseProc(this.procText('meminfo'), parseMemoryUsagePercent) ??
        usedPercent(totalmem() - freemem(), totalmem()),
      diskUsagePercent: diskUsagePercent(this.options.diskPath),
      // Windows has no load average and reports zeros, which would look like a calm machine.
      loadAvg1Min: process.platform === 'win32' ? null : loadavg()[0],
      networkReceiveBytesPerSecond: perSecond(
        before?.network?.receivedBytes,
        now.network?.receivedBytes,
        seconds,
      ),
      networkSentBytesPerSecond: perSecond(before?.network?.sentBytes, now.network?.sentBytes, seconds),
      eventLoopDelayP99Ms: this.takeEventLoopDelayP99Ms(),
      processRssBytes: process.memoryUsage.rss(),
      processCpuPercent: scale(
        perSecond(before?.processCpuMicroseconds, now.processCpuMicroseconds, seconds),
        1e-4,
      ),
    };
  }

  /** Stops the event-loop probe; later reads have no delay. */
  stop(): void {
    this.eventLoop.disable();
    this.eventLoop.reset();
  }

  private takeEventLoopDelayP99Ms(): number | null {
    const { eventLoop } = this;
    if (eventLoop.count === 0) return null;
    // The histogram holds the time from one tick of the probe to the next; the delay is what exceeds its period.
    const delayMs = eventLoop.percentile(99) / NANOSECONDS_PER_MS - EVENT_LOOP_RESOLUTION_MS;
    eventLoop.reset();
    return Math.max(0, delayMs);
  }

  private procText(name: string): string | null {
    try {
      return readFileSync(join(this.options.procPath ?? '/proc', name), 'utf8');
    } catch {
      // No /proc, or a container that hides it: the figure is unknown, and the others still count.
      return null;
    }
  }
}

/**
 * The reading as samples with Prometheus-like names; what is unknown has no sample.
 * @example hostSamples(reader.read(), 'web-1')[0] // { name: 'host_cpu_usage_percent', labels: { host: 'web-1' }, value: 12.5 }
 */
export function hostSamples(reading: HostReading, host: string): HostSample[] {
  const labels = { host };
  return METRIC_NAMES.flatMap(([field, name]) => {
    const value = reading[field];
    return value === null || !Number.isFinite(value) ? [] : [{ name, labels, value }];
  });
}

function parseProc<T>(text: string | null, parse: (text: string) => T | null): T | null {
  return text === null ? null : parse(text);
}

function osCpuTimes(): CpuTimes | null {
  let idle = 0;
  let total = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    total += times.user + times.nice + times.sys + times.irq + times.idle;
  }
  return total > 0 ? { idle, total } : null;
}

function cpuUsagePercent(before: CpuTimes | null, now: CpuTimes | null): number | null {
  if (before === null || now === null) return null;
  const total = now.total - before.total;
  return usedPercent(total - (now.idle - before.idle), total);
}

function diskUsagePercent(path: string): number | null {
  try {
    const { blocks, bfree, bavail } = statfsSync(path);
    // As df counts it: of what a program without privileges could ever use.
    return usedPercent(blocks - bfree, blocks - bfree + bavail);
  } catch {
    return null;
  }
}

function processCpuMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Null without a time span, and after a fall: an interface went away or a counter restarted. */
function perSecond(before: number | undefined, now: number | undefined, seconds: number): number | null {
  if (before === undefined || now === undefined || !(seconds > 0) || now < before) return null;
  return (now - before) / seconds;
}

function scale(value: number | null, factor: number): number | null {
  return value === null ? null : value * factor;
}
