import fc from 'fast-check';

import { plainLine } from './plain-text';

describe('a plain line', () => {
  it.each<[text: string, max: number, line: string]>([
    ['a\u001b[31mb\nc', 80, 'a[31mb c'],
    ['  a\r\n\tb  ', 80, 'a b'],
    ['a\u202eb\u200bc\ufeffd\u{e0041}e', 80, 'abcde'],
    ['\ud800a', 80, 'a'],
    ['café 日本 🙂', 80, 'café 日本 🙂'],
    ['abcdef', 5, 'abcd…'],
    ['abc🙂', 5, 'abc🙂'],
    ['abcd🙂', 5, 'abcd…'],
    ['abc🙂e', 5, 'abc…'],
  ])('of %j in %i is %j', (text, max, line) => expect(plainLine(text, max)).toBe(line));

  it('is never longer than it may be, and has nothing unseen in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 50 }), (text, max) => {
        const line = plainLine(text, max);
        expect(line.length).toBeLessThanOrEqual(max);
        expect(line).not.toMatch(/[\p{Cc}\p{Cs}]/u);
      }),
    );
  });
});
