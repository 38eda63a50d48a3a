import { CheckpointPace } from './checkpoint-pace';

const MEGABYTE = 1_000_000;
const group = (name: string, savedAtMs: number, { samples = 1, bytes = 1, isUnsaved = true } = {}) => ({
  name,
  savedAtMs,
  isUnsaved,
  samplesUnsaved: samples,
  bytesUnsaved: () => bytes,
});
const namesOf = (groups: readonly { name: string }[]) => groups.map(({ name }) => name);

describe('the pace of checkpoints', () => {
  it('saves after half a minute, and nothing of which nothing is new', () => {
    const pace = new CheckpointPace();
    expect(pace.choose([group('a', 0)], 29_999)).toEqual([]);
    expect(namesOf(pace.choose([group('a', 0)], 30_000))).toEqual(['a']);
    expect(pace.choose([group('a', 0, { isUnsaved: false })], 30_000)).toEqual([]);
  });

  it('saves after five seconds where many samples wait to be compacted', () => {
    const pace = new CheckpointPace();
    expect(pace.choose([group('a', 0, { samples: 29_999 })], 5_000)).toEqual([]);
    expect(pace.choose([group('a', 0, { samples: 30_000 })], 4_999)).toEqual([]);
    expect(namesOf(pace.choose([group('a', 0, { samples: 30_000 })], 5_000))).toEqual(['a']);
  });

  it('saves small groups together, and large ones one after the other, the one that waits longest first', () => {
    const pace = new CheckpointPace();
    const small = [group('a', 20), group('b', 0), group('c', 10)];
    expect(namesOf(pace.choose(small, 30_000))).toEqual(['b', 'c', 'a']);
    const bytes = 10 * MEGABYTE;
    const large = [group('a', 20, { bytes }), group('b', 0, { bytes }), group('c', 10, { bytes })];
    expect(namesOf(pace.choose(large, 30_000))).toEqual(['b']);
  });

  it('rests after what it wrote, for half the time where many samples wait', () => {
    const pace = new CheckpointPace();
    pace.saved(10 * MEGABYTE, 30_000);
    expect(pace.choose([group('a', 0)], 34_999)).toEqual([]);
    expect(namesOf(pace.choose([group('a', 0)], 35_000))).toEqual(['a']);
    const busy = [group('a', 0, { samples: 30_000 })];
    expect(pace.choose(busy, 32_400)).toEqual([]);
    expect(namesOf(pace.choose(busy, 32_500))).toEqual(['a']);
  });

  it('has saved five thousand full states, in sixteen groups, within eighty seconds', () => {
    const pace = new CheckpointPace();
    const states = 5_000 / 16;
    const savedAt = new Map(Array.from({ length: 16 }, (_, i) => [String(i), 0]));
    for (let now = 30_000; now < 110_000; now += 100) {
      const bytes = states * 32_000;
      const groups = [...savedAt].map(([name, atMs]) => group(name, atMs, { bytes }));
      for (const { name } of pace.choose(groups, now)) {
        savedAt.set(name, now);
        pace.saved(bytes, now);
      }
    }
    expect(Math.min(...savedAt.values())).toBeGreaterThanOrEqual(30_000);
  });
});
