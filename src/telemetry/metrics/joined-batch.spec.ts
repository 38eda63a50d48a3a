import { joinBatches } from './joined-batch';

const STALE = 0x7ff0000000000002n;
const batch = (seriesIds: number[], values: Float64Array) => ({
  seriesIds,
  timesMs: Float64Array.from(seriesIds, (id) => id * 10),
  values,
});

describe('batches that share a row', () => {
  it('keep their order and their bits', () => {
    const stale = new Float64Array(BigUint64Array.of(STALE).buffer);
    const joined = joinBatches([batch([1, 2], Float64Array.of(0.5, -0)), batch([3], stale)]);
    expect([...Array.from(joined.seriesIds)]).toEqual([1, 2, 3]);
    expect([...Array.from(joined.timesMs)]).toEqual([10, 20, 30]);
    const bits = new BigUint64Array((joined.values as Float64Array).buffer);
    expect([...bits]).toEqual([new BigUint64Array(Float64Array.of(0.5).buffer)[0], 1n << 63n, STALE]);
  });

  it('are the batch itself where there is one', () => {
    const alone = batch([1], Float64Array.of(1));
    expect(joinBatches([alone])).toBe(alone);
  });
});
