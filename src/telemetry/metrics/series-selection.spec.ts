import { parseSelector } from './matcher-text';
import { IndexedPart, indexedPart } from './series-selection';

describe('indexedPart', () => {
  it.each<[string, IndexedPart]>([
    ['up', { name: 'up', labels: {} }],
    ['up{job="api",zone!="a",code=~"5.."}', { name: 'up', labels: { job: 'api' } }],
    ['{__name__="http.requests",job="api"}', { name: 'http.requests', labels: { job: 'api' } }],
    ['{__name__=~"up",job=""}', { labels: {} }],
  ])('of %s', (selector, part) => {
    expect(indexedPart(parseSelector(selector))).toEqual(part);
  });

  it('takes a label called __proto__ for a label', () => {
    expect(Object.entries(indexedPart(parseSelector('{__proto__="x"}')).labels)).toEqual([
      ['__proto__', 'x'],
    ]);
  });
});
