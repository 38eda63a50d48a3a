import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { HostReader, HostReading, hostSamples } from './host-reading';

describe('HostReader', () => {
  const folder = mkdtempSync(join(tmpdir(), 'host-reading-'));
  const readers: HostReader[] = [];
  let nowMs = 0;

  function reader(procPath: string, diskPath = folder): HostReader {
    const made = new HostReader({ nowMs: () => nowMs, diskPath, procPath });
    readers.push(made);
    return made;
  }

  function writeProc(busy: number, idle: number, received: number, sent: number): string {
    mkdirSync(join(folder, 'net'), { recursive: true });
    writeFileSync(join(folder, 'stat'), `cpu  ${busy} 0 0 ${idle} 0 0 0 0 0 0\n`);
    writeFileSync(join(folder, 'meminfo'), 'MemTotal: 1000 kB\nMemAvailable: 250 kB\n');
    writeFileSync(join(folder, 'net', 'dev'), `  eth0: ${received} 1 0 0 0 0 0 0 ${sent} 1 0 0 0 0 0 0\n`);
    return folder;
  }

  afterEach(() => readers.splice(0).forEach((made) => made.stop()));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('knows levels at once, and rates from the second reading on', () => {
    const host = reader(writeProc(100, 900, 1000, 500));
    const first = host.read();
    expect(first).toMatchObject({
      cpuUsagePercent: null,
      memoryUsagePercent: 75,
      networkReceiveBytesPerSecond: null,
      networkSentBytesPerSecond: null,
      processCpuPercent: null,
    });
    expect(first.processRssBytes).toBeGreaterThan(1e6);
    expect(first.diskUsagePercent).toBeGreaterThanOrEqual(0);
    expect(first.diskUsagePercent).toBeLessThanOrEqual(100);

    nowMs += 10_000;
    writeProc(130, 970, 51_000, 10_500);
    const second = host.read();
    expect(second).toMatchObject({
      cpuUsagePercent: 30,
      networkReceiveBytesPerSecond: 5000,
      networkSentBytesPerSecond: 1000,
    });
    expect(second.processCpuPercent).toBeGreaterThanOrEqual(0);
  });

  it('has no rate when a counter fell or the clock stood still', () => {
    const host = reader(writeProc(0, 0, 1000, 1000));
    host.read();
    writeProc(10, 10, 2000, 2000);
    expect(host.read()).toMatchObject({ networkReceiveBytesPerSecond: null, processCpuPercent: null });
    nowMs += 1000;
    writeProc(10, 10, 5, 3000);
    expect(host.read()).toMatchObject({
      cpuUsagePercent: null,
      networkReceiveBytesPerSecond: null,
      networkSentBytesPerSecond: 1000,
    });
  });

  it('works without /proc and without the disk, with nulls for what nobody tells', async () => {
    const host = reader(join(folder, 'absent'), join(folder, 'absent'));
    host.read();
    nowMs += 1000;
    await pause(60);
    const reading = host.read();
    expect(reading).toMatchObject({
      networkReceiveBytesPerSecond: null,
      networkSentBytesPerSecond: null,
      diskUsagePercent: null,
    });
    expect(reading.memoryUsagePercent).toBeGreaterThan(0);
    expect(reading.processRssBytes).toBeGreaterThan(0);
  });

  it('measures how long the event loop was held up, and forgets it with the reading', async () => {
    const host = reader(folder);
    await pause(60);
    const blockedUntil = performance.now() + 150;
    while (performance.now() < blockedUntil);
    await pause(30);
    expect(host.read().eventLoopDelayP99Ms).toBeGreaterThan(100);
    await pause(60);
    expect(host.read().eventLoopDelayP99Ms).toBeLessThan(100);
  });

  it('has no event-loop delay once it is stopped', () => {
    const host = reader(folder);
    host.stop();
    expect(host.read().eventLoopDelayP99Ms).toBeNull();
  });
});

describe('hostSamples', () => {
  const reading: HostReading = {
    cpuUsagePercent: 1,
    memoryUsagePercent: 2,
    diskUsagePercent: 3,
    loadAvg1Min: 4,
    networkReceiveBytesPerSecond: 5,
    networkSentBytesPerSecond: 6,
    eventLoopDelayP99Ms: 7,
    processRssBytes: 8,
    processCpuPercent: 9,
  };

  it('names every figure and labels it with the host', () => {
    const samples = hostSamples(reading, 'web-1');
    expect(samples.map(({ name, value }) => [name, value])).toEqual([
      ['host_cpu_usage_percent', 1],
      ['host_memory_usage_percent', 2],
      ['host_disk_usage_percent', 3],
      ['host_load_avg_1min', 4],
      ['host_network_receive_bytes_per_second', 5],
      ['host_network_sent_bytes_per_second', 6],
      ['process_event_loop_delay_p99_milliseconds', 7],
      ['process_resident_memory_bytes', 8],
      ['process_cpu_usage_percent', 9],
    ]);
    expect(samples.every(({ labels }) => labels.host === 'web-1')).toBe(true);
  });

  it('has no sample for what is unknown, and one for 0', () => {
    const samples = hostSamples({ ...reading, cpuUsagePercent: null, loadAvg1Min: 0 }, 'web-1');
    expect(samples.map(({ name }) => name)).not.toContain('host_cpu_usage_percent');
    expect(samples).toContainEqual({ name: 'host_load_avg_1min', labels: { host: 'web-1' }, value: 0 });
  });
});
