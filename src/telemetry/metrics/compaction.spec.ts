import fc from 'fast-check';

import { cutChunks, groupBySeries } from './compaction';

const DAY_MS = 86_400_000;
const batch = (seriesIds: number[], timesMs: number[], values: number[]) => ({ seriesIds, timesMs, values });

describe('compaction', () => {
  it('brings each series together, oldest first, the later batch winning', () => {
    const grouped = groupBySeries([batch([1, 2, 1], [20, 10, 10], [1, 2, 3]), batch([1], [20], [9])]);
    expect([...(grouped.get(1)?.timesMs ?? [])]).toEqual([10, 20]);
    expect([...(grouped.get(1)?.values ?? [])]).toEqual([3, 9]);
    expect([...(grouped.get(2)?.values ?? [])]).toEqual([2]);
  });

  it('brings only the wanted series together', () => {
    const grouped = groupBySeries([batch([1, 2, 3, 2], [1, 2, 3, 4], [1, 2, 3, 4])], new Set([2, 9]));
    expect([...grouped].map(([id, { values }]) => [id, [...values]])).toEqual([[2, [2, 4]]]);
  });

  it('keeps the stale marker', () => {
    const bits = BigUint64Array.of(0x7ff0000000000002n, 0x3ff0000000000000n, 0x7ff0000000000002n);
    const values = new Float64Array(bits.buffer);
    const grouped = groupBySeries([{ ...batch([1, 2, 1], [20, 10, 10], []), values }]);
    expect([...new BigUint64Array(grouped.get(1)?.values.buffer as ArrayBuffer)]).toEqual([bits[0], bits[2]]);
  });

  it('cuts chunks of at most 120 samples that never cross midnight, losing nothing', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 5 * DAY_MS }), { minLength: 1, maxLength: 600 }),
        (times) => {
          const timesMs = Float64Array.from(times).sort();
          const chunks = cutChunks({ timesMs, values: timesMs });
          expect(chunks.flatMap((chunk) => [...chunk.timesMs])).toEqual([...timesMs]);
          for (const { timesMs: inside } of chunks) {
            expect(inside.length).toBeLessThanOrEqual(120);
            expect(Math.floor(inside[0] / DAY_MS)).toBe(Math.floor(inside[inside.length - 1] / DAY_MS));
          }
        },
      ),
    );
  });
});
