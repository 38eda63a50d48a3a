import { QueryTooWide } from './metrics.errors';
import { RangeSamples } from './range-samples';

const list = (...points: [timeMs: number, value: number][]) => ({
  timesMs: Float64Array.from(points, ([timeMs]) => timeMs),
  values: Float64Array.from(points, ([, value]) => value),
});
const batch = (...rows: [seriesId: number, timeMs: number, value: number][]) => ({
  seriesIds: rows.map(([id]) => id),
  timesMs: rows.map(([, timeMs]) => timeMs),
  values: rows.map(([, , value]) => value),
});

describe('the samples of a range', () => {
  it('come from chunks and batches, each instant once, the later write winning', () => {
    const found = new RangeSamples([1, 2], 10, 20, 100);
    found.add(1, list([9, 0], [10, 1], [15, 2], [20, 3]));
    found.addBatches([batch([1, 15, 4], [2, 12, 5], [3, 12, 6]), batch([1, 11, 7], [1, 19, 8], [2, 20, 9])]);
    expect(found.merge()).toEqual(
      new Map([
        [1, list([10, 1], [11, 7], [15, 4], [19, 8])],
        [2, list([12, 5])],
      ]),
    );
  });

  it('are an empty list for a series that was silent', () => {
    const found = new RangeSamples([1], 10, 20, 100);
    found.add(1, list([9, 1], [20, 2]));
    expect(found.merge()).toEqual(new Map([[1, list()]]));
  });

  it('are refused once they are too many, counting only those inside', () => {
    const found = new RangeSamples([1, 2], 10, 20, 3);
    found.add(1, list([1, 1], [2, 1], [3, 1], [10, 1], [11, 1]));
    found.addBatches([batch([2, 12, 1], [3, 12, 1])]);
    expect(() => found.add(1, list([13, 1]))).toThrow(QueryTooWide);
  });
});
