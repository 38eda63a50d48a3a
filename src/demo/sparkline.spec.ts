import { columnsOf, markLine, sparkline } from './sparkline';

describe('the sparkline', () => {
  it('rises with its values', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 1)).toEqual(['▁▂▃▄▅▆▇█']);
  });

  it('stacks its lines, the highest first', () => {
    expect(sparkline([0, 7, 15], 2)).toEqual(['  █', '▁██']);
  });

  it('leaves a column without samples empty, and draws the least value all the same', () => {
    expect(sparkline([1, NaN, 2], 1)).toEqual(['▁ █']);
  });

  it('draws a constant series in the middle', () => {
    expect(sparkline([3, 3], 1)).toEqual(['▅▅']);
  });

  it('is empty where there is nothing to draw', () => {
    expect(sparkline([NaN, NaN], 1)).toEqual(['  ']);
  });
});

describe('the columns of a chart', () => {
  const span = (startMs: number, min: number, max: number) => ({ startMs, endMs: startMs + 10, min, max });

  it('show a spike among ordinary values', () => {
    expect(columnsOf([span(0, 1, 2), span(10, 1, 90), span(20, 1, 2), span(30, 1, 2)], 2)).toEqual([90, 2]);
  });

  it('show a dip that the maximum would hide', () => {
    expect(columnsOf([span(0, 50, 51), span(10, 2, 51), span(20, 50, 51)], 3)).toEqual([51, 2, 51]);
  });

  it('stay empty where the series has a gap', () => {
    expect(columnsOf([span(0, 1, 1), span(30, 2, 2)], 4)).toEqual([1, NaN, NaN, 2]);
  });

  it('are filled by samples that are farther apart than a column', () => {
    expect(columnsOf([span(0, 1, 1), span(10, 5, 5)], 4)).toEqual([1, 1, 5, 5]);
  });
});

describe('the marks below a chart', () => {
  it('point at where an anomaly was, and how long', () => {
    expect(markLine([{ fromMs: 20, toMs: 45 }], 0, 100, 10)).toBe('  ▲▲▲');
  });

  it('show an anomaly of a moment', () => {
    expect(markLine([{ fromMs: 99, toMs: 99 }], 0, 100, 10)).toBe('         ▲');
  });

  it('stay within the chart', () => {
    expect(markLine([{ fromMs: -5, toMs: 500 }], 0, 100, 4)).toBe('▲▲▲▲');
  });
});
