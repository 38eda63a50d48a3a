import fc from 'fast-check';

import { dependenciesOf, findCycle, relatedTo } from './topology';

const SHOP = new Map([
  ['web', ['checkout', 'search']],
  ['checkout', ['db', 'cache']],
  ['search', ['db']],
]);

describe('the topology of services', () => {
  it('knows what a service depends on, the nearest first', () => {
    expect(dependenciesOf('web', SHOP)).toEqual(['checkout', 'search', 'db', 'cache']);
    expect(dependenciesOf('db', SHOP)).toEqual([]);
    expect(dependenciesOf('unknown', SHOP)).toEqual([]);
  });

  it('knows whose troubles may be one with those of a service', () => {
    expect([...relatedTo(['search'], SHOP)].sort()).toEqual(['cache', 'checkout', 'db', 'search', 'web']);
    expect([...relatedTo(['cache'], SHOP)].sort()).toEqual(['cache', 'checkout', 'db', 'search', 'web']);
    expect([...relatedTo(['alone'], SHOP)]).toEqual(['alone']);
    expect([...relatedTo([], SHOP)]).toEqual([]);
  });

  it('finds a circle, and none where there is none', () => {
    expect(findCycle(SHOP)).toBeNull();
    expect(findCycle(new Map([...SHOP, ['db', ['web']]]))).toEqual(expect.arrayContaining(['web', 'db']));
    expect(findCycle(new Map([['a', ['a']]]))).toEqual(['a', 'a']);
  });

  it('finds a circle just where a service depends on itself in the end', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(name, name), { maxLength: 12, selector: String }), (edges) => {
        const graph = new Map<string, string[]>();
        for (const [from, to] of edges) graph.set(from, [...(graph.get(from) ?? []), to]);
        const isCircular = [...graph].some(([service, direct]) =>
          direct.some((next) => next === service || dependenciesOf(next, graph).includes(service)),
        );
        expect(findCycle(graph) !== null).toBe(isCircular);
      }),
    );
  });
});
