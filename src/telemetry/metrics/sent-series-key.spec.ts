import { sentSeriesKey } from './sent-series-key';

describe('the key of a series as it was sent', () => {
  it('is the same for the same name and labels, and no other has it', () => {
    const sent: [string, Record<string, string>][] = [
      ['up', {}],
      ['up', { job: 'api' }],
      ['up', { job: 'api', zone: '' }],
      ['up', { zone: '', job: 'api' }],
      ['up', { job: 'api4:zone0:' }],
      ['up3:job3:api', {}],
      ['up', { j: 'obapi' }],
    ];
    const keys = sent.map(([name, labels]) => sentSeriesKey(name, labels));
    expect(new Set(keys).size).toBe(sent.length);
    expect(sentSeriesKey('up', { job: 'api' })).toBe(keys[1]);
  });

  it.each([
    ['a label that is no text', 'up', { job: 1 }],
    ['a label without a value', 'up', { job: null }],
    ['a name that is no text', 7, {}],
  ])('is none for %s', (_, name, labels) => {
    expect(sentSeriesKey(name, labels)).toBeNull();
  });
});
