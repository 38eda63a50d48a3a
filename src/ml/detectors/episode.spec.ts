import { Episode, newNormalSeconds, reopenSeconds, resolveSeconds } from './episode';
import { EpisodeChange } from './episode.types';
import { Noise } from './fixtures/noise';
import { SeriesWatch, WatchSettings } from './series-watch';
import { decodeWatch, encodeWatch } from './watch-state';

const START = Date.UTC(2025, 0, 6, 10);
const FULL: WatchSettings = { preset: 'normal', strictWindows: false, tier: 'full', counter: false };

interface Told {
  readonly second: number;
  readonly change: EpisodeChange;
}

/** What a watch tells about values that come every `stepSeconds`. */
function told(values: readonly number[], stepSeconds = 1, settings = FULL): Told[] {
  const watch = SeriesWatch.begin(settings);
  return values.flatMap((value, i) => {
    const change = watch.observe(START + i * stepSeconds * 1000, value);
    return change === null ? [] : [{ second: i * stepSeconds, change }];
  });
}

function ofKind(all: readonly Told[], kind: EpisodeChange['kind']): Told[] {
  return all.filter(({ change }) => change.kind === kind);
}

function latency(seed: number, count: number): number[] {
  return new Noise(seed).normals(count, 100, 8);
}

const FAULT_AT = 200;

describe('an episode', () => {
  it.each(['full', 'light'] as const)(
    'opens once for a persistent shift, within a minute (%s tier)',
    (tier) => {
      const values = latency(1, 600).map((x, i) => (i >= FAULT_AT ? 10 * x : x));
      const all = told(values, 1, { ...FULL, tier });
      const opened = ofKind(all, 'opened');
      expect(opened.length).toBe(1);
      expect(opened[0].second).toBeLessThanOrEqual(FAULT_AT + 60);
      expect(opened[0].change.onsetMs).toBe(START + FAULT_AT * 1000);
      expect(opened[0].change.evidence.score).toBeGreaterThanOrEqual(0.5);
    },
  );

  it.each([
    { fault: 'latency times five', of: (x: number) => 5 * x },
    { fault: 'a fall to nothing', of: () => 0 },
    { fault: 'a leak of five a second', of: (x: number, i: number) => x + 5 * i },
    { fault: 'a shift of twelve deviations', of: (x: number) => x + 96 },
  ])('opens for $fault within a minute at one-second steps', ({ of }) => {
    const values = latency(2, 300).map((x, i) => (i >= FAULT_AT ? of(x, i - FAULT_AT) : x));
    const opened = ofKind(told(values), 'opened');
    expect(opened.length).toBe(1);
    expect(opened[0].second - FAULT_AT).toBeLessThanOrEqual(60);
  });

  it('opens for a single strong spike where points are five minutes apart', () => {
    const values = latency(3, 600);
    values[500] = 1_000;
    const opened = ofKind(told(values, 300), 'opened');
    expect(opened.map(({ second }) => second)).toEqual([500 * 300]);
  });

  it.each([
    { noise: 'normal noise', value: (noise: Noise) => 100 + 8 * noise.normal() },
    { noise: 'heavy tails', value: (noise: Noise) => Math.exp(2 + noise.normal()) },
    {
      noise: 'rare bursts over nothing',
      value: (noise: Noise) => (noise.uniform() < 0.02 ? 5_000 * noise.uniform() : 0),
    },
    {
      noise: 'collector pauses',
      value: (noise: Noise) => 10 + Math.abs(noise.normal()) + (noise.uniform() < 0.03 ? 80 : 0),
    },
    { noise: 'a constant', value: () => 4 },
  ])('opens nothing in half an hour of $noise', ({ value }) => {
    for (let seed = 0; seed < 5; seed++) {
      const noise = new Noise(seed);
      const values = Array.from({ length: 1_800 }, () => value(noise));
      expect(told(values)).toEqual([]);
    }
  });

  it.each([
    { series: 'a single spike in noise', of: (x: number, i: number) => (i === 900 ? 5_000 : x) },
    { series: 'a burst of ten seconds', of: (x: number, i: number) => (i >= 900 && i < 910 ? 900 : x) },
    { series: 'a steady rise', of: (x: number, i: number) => x + 50 * i },
    { series: 'one more of thirty', of: (_: number, i: number) => (i < 900 ? 30 : 31) },
  ])('opens nothing for $series', ({ of }) => {
    expect(told(latency(4, 1_800).map(of))).toEqual([]);
  });

  it('opens nothing before the series has been watched for 120 values', () => {
    const values = latency(5, 119).map((x, i) => (i > 60 ? 20 * x : x));
    expect(told(values)).toEqual([]);
  });

  it('goes on while the fault lasts and ends a resolve time after it', () => {
    const values = latency(6, 900).map((x, i) => (i >= 200 && i < 500 ? 10 * x : x));
    const all = told(values);
    expect(ofKind(all, 'opened').length).toBe(1);
    expect(ofKind(all, 'extended').length).toBeGreaterThanOrEqual(5);
    const ended = ofKind(all, 'ended');
    expect(ended.length).toBe(1);
    expect(ended[0].change).toMatchObject({ outcome: 'recovered', lastAbnormalMs: START + 499_000 });
    expect(ended[0].second - 499).toBeGreaterThanOrEqual(60);
    expect(ended[0].second - 499).toBeLessThanOrEqual(90);
    expect(ended[0].change.peak.value).toBe(Math.max(...values));
  });

  it('outlasts a pause shorter than the resolve time', () => {
    const values = latency(7, 700).map((x, i) =>
      i >= 200 && i < 400 && !(i >= 280 && i < 320) ? 10 * x : x,
    );
    const all = told(values);
    expect(ofKind(all, 'opened').length).toBe(1);
    expect(ofKind(all, 'ended').length).toBe(1);
  });

  it('ends as the new normal when the new level stays', () => {
    const values = latency(8, 3_000).map((x, i) => (i >= 200 ? x + 500 : x));
    const all = told(values);
    const ended = ofKind(all, 'ended');
    expect(ofKind(all, 'opened').length).toBe(1);
    expect(ended.length).toBe(1);
    expect(ended[0].change).toMatchObject({ outcome: 'new_normal' });
    expect(ended[0].second).toBeGreaterThan(1_800);
  });

  it('forgets an arming when the points stop', () => {
    const watch = SeriesWatch.begin(FULL);
    latency(9, 200).forEach((x, i) => watch.observe(START + i * 1000, x));
    const beyond = Array.from({ length: 20 }, (_, i) => watch.observe(START + (200 + i) * 1000, 1_000));
    const later = Array.from({ length: 20 }, (_, i) => watch.observe(START + (4_000 + i) * 1000, 1_000));
    expect([...beyond, ...later].every((change) => change === null)).toBe(true);
  });

  it.each(['full', 'light'] as const)('restored in mid-episode continues bit for bit (%s tier)', (tier) => {
    const values = latency(10, 900).map((x, i) => (i >= 200 && i < 450 ? 6 * x : x));
    for (const cut of [0, 100, 203, 215, 240, 300, 460, 700]) {
      const whole = SeriesWatch.begin({ ...FULL, tier });
      let resumed = SeriesWatch.begin({ ...FULL, tier });
      values.forEach((x, i) => {
        if (i === cut) resumed = SeriesWatch.restore(decodeWatch(encodeWatch(resumed.save())));
        const change = whole.observe(START + i * 1000, x);
        expect(resumed.observe(START + i * 1000, x)).toEqual(change);
      });
      expect(resumed.isEpisodeOpen).toBe(whole.isEpisodeOpen);
      expect(encodeWatch(resumed.save()).equals(encodeWatch(whole.save()))).toBe(true);
    }
  });

  it('says nothing about missing values and about times already seen', () => {
    const episode = new Episode();
    const point = {
      score: 1,
      alarm: true,
      surprise: 9,
      threshold: 2,
      expected: 0,
      lower: -1,
      upper: 1,
      usualLower: -1,
      usualUpper: 1,
      confidence: 1,
      outside: true,
    };
    const series = {
      explain: () => ({ views: { forecast: 9, volatility: 0, prototype: 0 }, statistics: [] }),
    };
    const before = episode.save();
    expect(episode.observe(START, NaN, point, series)).toBeNull();
    expect(episode.save()).toEqual(before);
    episode.observe(START, 1, point, series);
    const after = episode.save();
    expect(episode.observe(START, 2, point, series)).toBeNull();
    expect(episode.save()).toEqual(after);
  });

  it.each([
    { interval: 1, resolve: 60, reopen: 300, normal: 1_800 },
    { interval: 5, resolve: 150, reopen: 750, normal: 1_800 },
    { interval: 60, resolve: 1_800, reopen: 9_000, normal: 2_160 },
    { interval: 300, resolve: 1_800, reopen: 9_000, normal: 10_800 },
    { interval: 3_600, resolve: 10_800, reopen: 54_000, normal: 129_600 },
  ])(
    'with a point every $interval s it resolves after $resolve s',
    ({ interval, resolve, reopen, normal }) => {
      expect(resolveSeconds(interval)).toBe(resolve);
      expect(reopenSeconds(interval)).toBe(reopen);
      expect(newNormalSeconds(interval)).toBe(normal);
    },
  );
});
