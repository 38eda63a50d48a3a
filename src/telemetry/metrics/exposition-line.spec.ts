import { LineCursor } from './exposition-line';

describe('a sample line', () => {
  it('is walked name, labels, value, end', () => {
    const cursor = new LineCursor('up{job="api"} 1', 7);
    expect([cursor.metricName(), cursor.labels(), cursor.word(), cursor.atEnd()]).toEqual([
      'up',
      { job: 'api' },
      '1',
      true,
    ]);
    expect(() => cursor.word()).toThrow('line 7: expected a value');
  });

  it('ends before an exemplar', () => {
    const cursor = new LineCursor('a 1 # {trace="x"} 2', 1);
    cursor.metricName();
    cursor.word();
    expect(cursor.atEnd()).toBe(true);
  });
});
