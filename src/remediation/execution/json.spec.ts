import { at, JsonValue } from './json';

describe('a JSON pointer', () => {
  const value: JsonValue = { a: [{ b: 1 }, null], '': 2, 'x/y': 3, '~': 4, m: { n: false } };

  it.each<[pointer: string, found: JsonValue | undefined]>([
    ['/a/0/b', 1],
    ['/a/1', null],
    ['/a/2', undefined],
    ['/a/1/b', undefined],
    ['/', 2],
    ['/x~1y', 3],
    ['/~0', 4],
    ['/m/n', false],
    ['/m/n/o', undefined],
    ['/a/length/x', undefined],
    ['/__proto__', undefined],
    ['/constructor/name', undefined],
    ['/m/toString', undefined],
  ])('%s leads to %j', (pointer, found) => expect(at(value, pointer)).toEqual(found));

  it('leads to the whole where it is empty', () => expect(at(value, '')).toBe(value));
});
