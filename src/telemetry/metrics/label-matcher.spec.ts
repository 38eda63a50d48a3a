import fc from 'fast-check';

import { formatSelector, LabelMatcher, MATCH_OPERATORS, MatchOperator } from './label-matcher';
import { InvalidMatcher } from './metrics.errors';

const api = { job: 'api', code: '503', path: 'a\nb', note: '' };

describe('LabelMatcher', () => {
  it.each<[string, MatchOperator, string, boolean]>([
    ['job', '=', 'api', true],
    ['job', '=', 'ap', false],
    ['job', '!=', 'api', false],
    ['job', '!=', 'web', true],
    ['code', '=~', '5..', true],
    ['code', '=~', '50', false],
    ['code', '=~', '03', false],
    ['code', '=~', '404|503', true],
    ['code', '=~', '5|503', true],
    ['code', '!~', '5..', false],
    ['code', '!~', '4..', true],
    ['job', '=~', '(?i)API', true],
    ['path', '=~', 'a.b', true],
    ['path', '=~', '.*', true],
    ['zone', '=', '', true],
    ['zone', '!=', '', false],
    ['zone', '=~', '.*', true],
    ['zone', '=~', '.+', false],
    ['zone', '!~', '.+', true],
    ['zone', '!=', 'a', true],
    ['note', '=', '', true],
    ['toString', '=', '', true],
    ['constructor', '!=', '', false],
  ])('%s%s%j on {job="api", code="503", path="a\\nb", note=""} is %s', (label, operator, value, expected) => {
    expect(new LabelMatcher(label, operator, value).matches(api)).toBe(expected);
  });

  it('takes the metric name for the label __name__', () => {
    const series = { name: 'http_requests_total', labels: { job: 'api' } };
    expect(new LabelMatcher('__name__', '=~', 'http_.*').matchesSeries(series)).toBe(true);
    expect(new LabelMatcher('job', '=', 'api').matchesSeries(series)).toBe(true);
    expect(new LabelMatcher('__name__', '!=', 'http_requests_total').matchesSeries(series)).toBe(false);
  });

  it('accepts with a negated operator exactly what the plain one refuses', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('', 'a', '.*', '.+', 'a|b', '[^x]+'), (value, pattern) => {
        expect(new LabelMatcher('l', '!~', pattern).accepts(value)).toBe(
          !new LabelMatcher('l', '=~', pattern).accepts(value),
        );
        expect(new LabelMatcher('l', '!=', pattern).accepts(value)).toBe(
          !new LabelMatcher('l', '=', pattern).accepts(value),
        );
      }),
    );
  });

  it('matches whole values as an anchored pattern does', () => {
    const piece = fc.constantFrom('a', 'b', '.', 'ab', 'a*', 'b+', '(a|b)', '(?:ab)?', '[ab]', '^', '$', '|');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), fc.stringMatching(/^[ab\n]{0,6}$/), (pieces, value) => {
        const pattern = pieces.join('');
        // eslint-disable-next-line security/detect-non-literal-regexp -- made of the pieces above
        const expected = new RegExp(`^(?:${pattern})$`, 's').test(value);
        expect(new LabelMatcher('l', '=~', pattern).accepts(value)).toBe(expected);
      }),
    );
  });

  it.each<[string, string, MatchOperator, string, string]>([
    ['an empty label name', '', '=', 'x', '1 to 256 characters'],
    ['a label name of 257 characters', 'a'.repeat(257), '=', 'x', '1 to 256 characters'],
    ['a label name with NUL', 'a\0', '=', 'x', 'without NUL'],
    ['a value with NUL', 'a', '=', '\0', 'without NUL'],
    ['a value with half of a surrogate pair', 'a', '=', '\ud800', 'valid Unicode'],
    ['a value of 2,049 bytes', 'a', '=', 'x'.repeat(2049), '2048 bytes'],
    ['a pattern of 257 bytes', 'a', '=~', 'é'.repeat(128) + 'x', '256 bytes'],
    ['an open group', 'a', '=~', '(x', 'missing closing )'],
    ['a pattern that closes the group around it', 'a', '=~', 'x)(y', 'unexpected )'],
    ['a back reference', 'a', '=~', '(a)\\1', 'invalid escape sequence'],
    ['look-ahead', 'a', '=~', '(?=a)', 'RE2'],
    ['look-behind', 'a', '!~', '(?<=a)b', 'RE2'],
    ['a thousand repetitions of a thousand', 'a', '=~', '(a{1000}){1000}', 'invalid repeat count'],
    ['repetitions that make a large program', 'a', '=~', '.{0,999}', 'too large'],
  ])('refuses %s', (_, label, operator, value, reason) => {
    expect(() => new LabelMatcher(label, operator, value)).toThrow(InvalidMatcher);
    expect(() => new LabelMatcher(label, operator, value)).toThrow(reason);
  });

  it.each([
    '(a+)+$',
    '(a|aa)+$',
    '(a*)*b',
    '(x+x+)+y',
    '(.*a){50}b',
    '.*.*.*.*.*.*.*.*=',
    '(?:.?){140}x',
    '(?:\\pL?){140}x',
    '.*a.{200}b',
    `${'('.repeat(120)}a${')'.repeat(120)}`,
  ])('answers the hostile pattern %s for the longest value', (pattern) => {
    // A backtracking engine would not come back from these in a lifetime: that the test ends is the proof.
    const matcher = new LabelMatcher('l', '=~', pattern);
    for (const value of ['a'.repeat(2048), `${'x'.repeat(2047)}!`, 'ab'.repeat(1024)])
      expect(matcher.accepts(value)).toBe(matcher.accepts(value));
  });

  it('answers any pattern with a matcher or a refusal, never another error', () => {
    const operator = fc.constantFrom(...MATCH_OPERATORS);
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        operator,
        fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[ab(){}|*+?\\[\]^$.0-9,]{0,30}$/)),
        (label, op, value) => {
          try {
            new LabelMatcher(label, op, value).accepts(value);
          } catch (error) {
            expect(error).toBeInstanceOf(InvalidMatcher);
          }
        },
      ),
    );
  });
});

describe('formatSelector', () => {
  it.each<[[string, MatchOperator, string][], string]>([
    [[], '{}'],
    [[['__name__', '=', 'up']], 'up'],
    [
      [
        ['__name__', '=', 'up'],
        ['job', '!=', 'a"\\\n'],
      ],
      'up{job!="a\\"\\\\\\n"}',
    ],
    [[['__name__', '=', 'http.requests']], '{__name__="http.requests"}'],
    [[['k8s.pod', '=~', 'a.*']], '{"k8s.pod"=~"a.*"}'],
    [
      [
        ['job', '=', 'a'],
        ['__name__', '=', 'up'],
      ],
      '{job="a",__name__="up"}',
    ],
  ])('writes %j as %s', (parts, text) => {
    expect(formatSelector(parts.map((part) => new LabelMatcher(...part)))).toBe(text);
  });
});
