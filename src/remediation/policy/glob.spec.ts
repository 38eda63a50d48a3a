import fc from 'fast-check';

import { matchesGlob } from './glob';

describe('a glob', () => {
  it.each<[string, string, boolean]>([
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['*', 'anything', true],
    ['up', 'up', true],
    ['up', 'upper', false],
    ['node_*', 'node_load1', true],
    ['node_*_bytes', 'node_disk_read_bytes', true],
    ['node_*_bytes', 'node_bytes', false],
    ['*_total', 'http_requests_total', true],
    ['*a*b*', 'xxaxxbxx', true],
    ['*a*b*', 'xxbxxaxx', false],
    ['node_load?', 'node_load1', true],
    ['node_load?', 'node_load', false],
    ['**', 'a', true],
    ['a.c', 'abc', false],
    ['[a]', 'a', false],
  ])('%j of %j: %s', (pattern, text, isMatch) => {
    expect(matchesGlob(pattern, text)).toBe(isMatch);
  });

  it('says what a regular expression of the same meaning says', () => {
    const piece = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(piece, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 }), (pattern, text) => {
        // eslint-disable-next-line security/detect-non-literal-regexp -- made of four letters, and short
        const expression = new RegExp(`^${pattern.replace(/\*+/g, '.*').replaceAll('?', '.')}$`);
        expect(matchesGlob(pattern, text)).toBe(expression.test(text));
      }),
    );
  });

  it('takes no long way through a pattern that means to', () => {
    expect(matchesGlob('*a'.repeat(120), 'a'.repeat(100) + 'b'.repeat(150))).toBe(false);
  });
});
