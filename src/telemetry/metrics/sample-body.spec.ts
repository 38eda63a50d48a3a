import { readLabelPairs, readSamples } from './sample-body';

const NOW = Date.UTC(2026, 0, 2);

describe('samples in a JSON body', () => {
  it('take the present time and the gauge where nothing else is said', () => {
    expect(readSamples([{ name: 'depth', value: 3 }], NOW)).toEqual([
      { name: 'depth', labels: {}, value: 3, timeMs: NOW, type: 'gauge', behaviour: 'gauge' },
    ]);
  });

  it.each([
    [{ value: 1 }, 'Missing required field: name'],
    [{ name: 'a' }, 'Missing required field: value'],
    [{ name: 'a', value: '1' }, 'value must be a finite number'],
    [{ name: 'a', value: 1, type: 'histogram' }, 'Invalid type'],
    [{ name: 'a', value: 1, labels: [] }, 'labels must be an object'],
    [{ name: 'a', value: 1, timestamp: NOW - 90_000_000 }, 'more than 24 hours ago'],
    [{ name: 'a', value: 1, timestamp: NOW + 3_600_000 }, 'ahead'],
    [7, 'must be an object'],
  ])('refuse %j with a sentence', (item, message) => {
    expect(() => readSamples([{ name: 'fine', value: 1 }, item], NOW)).toThrow(`samples[1]: `);
    expect(() => readSamples([item], NOW)).toThrow(message);
  });

  it('reads label pairs, colons in values included', () => {
    expect(readLabelPairs('host:web-1, url:http://a')).toEqual({ host: 'web-1', url: 'http://a' });
    expect(() => readLabelPairs(':x')).toThrow('name:value');
  });
});
