import { HostReading } from '../observability/host-reading';
import { SystemHistory, SystemReading, thin } from './system-history';
import { spreadOf, summarise } from './system-summary';

const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

function reading(second: number, figures: Partial<HostReading> = {}): SystemReading {
  const host: HostReading = {
    cpuUsagePercent: second,
    memoryUsagePercent: 50,
    diskUsagePercent: null,
    loadAvg1Min: null,
    networkReceiveBytesPerSecond: null,
    networkSentBytesPerSecond: null,
    eventLoopDelayP99Ms: null,
    processRssBytes: 1,
    processCpuPercent: null,
    ...figures,
  };
  return { at: at(second), host };
}

function historyOf(capacity: number, seconds: number): SystemHistory {
  const history = new SystemHistory(capacity);
  for (let second = 0; second < seconds; second += 1) history.add(reading(second));
  return history;
}

const secondsOf = (readings: SystemReading[]): number[] => readings.map(({ at }) => at.getUTCSeconds());

describe('the history of the system', () => {
  it('knows nothing before the first reading', () => {
    expect(historyOf(3, 0).findNewest()).toBeNull();
    expect(historyOf(3, 0).between(at(0), at(59))).toEqual([]);
  });

  it.each([
    [1, [0]],
    [3, [0, 1, 2]],
    [4, [1, 2, 3]],
    [5, [2, 3, 4]],
    [6, [3, 4, 5]],
    [7, [4, 5, 6]],
  ])('after %d readings keeps the newest three, oldest first', (count, kept) => {
    const history = historyOf(3, count);
    expect(secondsOf(history.between(at(0), at(59)))).toEqual(kept);
    expect(history.findNewest()?.at).toEqual(at(count - 1));
  });

  it('takes the start of a period in and leaves its end out', () => {
    expect(secondsOf(historyOf(20, 10).between(at(3), at(6)))).toEqual([3, 4, 5]);
  });
});

describe('thin', () => {
  it.each([
    [[], 3, []],
    [[1, 2, 3], 3, [1, 2, 3]],
    [[1, 2, 3, 4], 3, [2, 3, 4]],
    [[1, 2, 3, 4, 5, 6], 3, [2, 4, 6]],
    [[1, 2, 3, 4, 5, 6, 7], 1, [7]],
  ])('of %j keeps at most %d', (items, most, kept) => {
    expect(thin(items, most)).toEqual(kept);
  });
});

describe('summarise', () => {
  it('says nothing of an empty period', () => {
    expect(summarise([])).toEqual({ sampleCount: 0, cpu: null, memory: null, timeRange: null });
  });

  it('gives mean, extremes and the time from the first reading to the last', () => {
    expect(summarise([reading(10), reading(20), reading(30, { cpuUsagePercent: null })])).toEqual({
      sampleCount: 3,
      cpu: { avg: 15, min: 10, max: 20 },
      memory: { avg: 50, min: 50, max: 50 },
      timeRange: { start: at(10), end: at(30) },
    });
  });

  it('has no spread where no reading knows the figure', () => {
    expect(spreadOf([null, null])).toBeNull();
  });
});
