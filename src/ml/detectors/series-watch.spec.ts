import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { decodeState, encodeState, StateUnreadable } from './detector-state';
import { Noise } from './fixtures/noise';
import { SeriesDetector } from './series-detector';
import { SeriesWatch, WatchSettings } from './series-watch';
import { decodeWatch, encodeWatch } from './watch-state';

const START = Date.UTC(2025, 0, 6, 10);
const COUNTER: WatchSettings = { preset: 'normal', strictWindows: false, tier: 'full', counter: true };

interface SavedWatch {
  readonly watch: string;
  readonly next: readonly {
    readonly timeMs: number;
    readonly value: number;
    readonly score: number;
    readonly upper: number;
  }[];
  readonly changes: readonly string[];
}

function fixture(name: string): SavedWatch {
  return JSON.parse(readFileSync(join(__dirname, 'fixtures', name), 'utf8')) as SavedWatch;
}

describe('a watch over one series', () => {
  it('watches the rate of a counter, and takes a reset for a missing point', () => {
    const watch = SeriesWatch.begin(COUNTER);
    const noise = new Noise(1);
    let total = 0;
    for (let i = 0; i < 400; i++) {
      total = i === 300 ? 0 : total + 50 + 5 * noise.normal();
      expect(watch.observe(START + i * 1000, total)).toBeNull();
      if (i === 300) expect(watch.latestValue).toBeNaN();
    }
    expect(watch.latest?.expected).toBeCloseTo(50, -1);
    expect(watch.readiness().have).toBe(398);
    expect(SeriesWatch.restore(watch.save()).latestMs).toBe(START + 399_000);
  });

  it('has seen nothing before its first sample', () => {
    expect(SeriesWatch.begin(COUNTER)).toMatchObject({
      latestMs: -Infinity,
      latest: null,
      isEpisodeOpen: false,
    });
    expect(SeriesWatch.restore(SeriesWatch.begin(COUNTER).save()).latestMs).toBe(-Infinity);
  });

  it('opens when the counter stalls', () => {
    const watch = SeriesWatch.begin(COUNTER);
    const noise = new Noise(2);
    let total = 0;
    const opened = Array.from({ length: 400 }, (_, i) => {
      if (i < 300) total += 50 + 5 * noise.normal();
      return watch.observe(START + i * 1000, total)?.kind;
    }).filter((kind) => kind === 'opened');
    expect(opened).toEqual(['opened']);
  });

  it.each(['watch-full-v1.json', 'watch-light-v1.json'])(
    'saved earlier (%s) still loads and continues with the same numbers',
    (name) => {
      const saved = fixture(name);
      const watch = SeriesWatch.restore(decodeWatch(Buffer.from(saved.watch, 'base64')));
      const changes: string[] = [];
      for (const { timeMs, value, score, upper } of saved.next) {
        const change = watch.observe(timeMs, value);
        if (change !== null) changes.push(`${change.kind} at ${change.atMs}`);
        expect(watch.latest?.score).toBeCloseTo(score, 10);
        expect(watch.latest?.upper).toBeCloseTo(upper, 8);
      }
      expect(changes).toEqual(saved.changes);
    },
  );

  describe('refuses', () => {
    const state = (): Buffer => encodeState(new SeriesDetector(COUNTER).save());
    const whole = (): Buffer => encodeWatch(SeriesWatch.begin(COUNTER).save());
    const with_ = (bytes: Buffer, at: number, value: number): Buffer => {
      bytes[at] = value;
      return bytes;
    };

    it.each([
      {
        what: 'a detector state of a later version',
        read: () => decodeState(with_(state(), 3, 9)),
        says: /version 9/,
      },
      { what: 'a cut detector state', read: () => decodeState(state().subarray(0, 500)), says: /damaged/ },
      { what: 'a changed detector state', read: () => decodeState(with_(state(), 900, 77)), says: /damaged/ },
      {
        what: 'bytes that are no detector state',
        read: () => decodeState(Buffer.from('hello')),
        says: /not a detector/,
      },
      {
        what: 'a watch of a later version',
        read: () => decodeWatch(with_(whole(), 3, 2)),
        says: /version 2/,
      },
      { what: 'a cut watch', read: () => decodeWatch(whole().subarray(0, 40)), says: /damaged/ },
      { what: 'bytes that are no watch', read: () => decodeWatch(state()), says: /not the state of a watch/ },
      {
        what: 'the state of the other tier',
        read: () => SeriesDetector.restore({ ...new SeriesDetector(COUNTER).save(), tier: 'light' }),
        says: /light tier/,
      },
      {
        what: 'a state of another size',
        read: () =>
          SeriesDetector.restore({ ...new SeriesDetector(COUNTER).save(), numbers: new Uint8Array(8) }),
        says: /holds 8 bytes/,
      },
    ])('$what', ({ read, says }) => {
      expect(read).toThrow(StateUnreadable);
      expect(read).toThrow(says);
    });
  });
});
