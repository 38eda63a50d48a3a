import { Bindable, bound } from './binding';

describe('the targets of an anomaly', () => {
  const targets: Bindable[] = [
    { id: 1, labels: {} },
    { id: 2, labels: { service: 'shop' } },
    { id: 3, labels: { service: 'shop', zone: 'a' } },
    { id: 4, labels: { service: 'shop' } },
    { id: 5, labels: { service: 'search' } },
    { id: 6, labels: { toString: 'x' } },
  ];

  it.each<[labels: Record<string, string>, ids: number[]]>([
    [{ service: 'shop' }, [2, 4]],
    [{ service: 'shop', zone: 'a', host: 'h' }, [3, 2, 4]],
    [{ service: 'shop', zone: 'b' }, [2, 4]],
    [{ zone: 'a' }, []],
    [{}, []],
  ])('with %j are %j', (labels, ids) => expect(bound(targets, labels).map(({ id }) => id)).toEqual(ids));
});
