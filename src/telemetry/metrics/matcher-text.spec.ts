import fc from 'fast-check';

import { formatSelector, LabelMatcher, MATCH_OPERATORS } from './label-matcher';
import { parseMatcher, parseMatchers, parseSelector } from './matcher-text';
import { InvalidMatcher } from './metrics.errors';

type Parts = [label: string, operator: string, value: string];
const partsOf = (matchers: readonly LabelMatcher[]): Parts[] =>
  matchers.map(({ label, operator, value }) => [label, operator, value]);

const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((value) => !value.includes('\0'));
const label = fc.oneof(
  fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,20}$/),
  text.filter((name) => name.length > 0),
);
const matcher = fc
  .tuple(label, fc.constantFrom(...MATCH_OPERATORS), text, fc.stringMatching(/^[a-c.|]{0,10}$/))
  .map(
    ([name, operator, value, pattern]) =>
      new LabelMatcher(name, operator, operator === '=' || operator === '!=' ? value : pattern),
  );

describe('parseSelector', () => {
  it.each<[string, Parts[]]>([
    ['up', [['__name__', '=', 'up']]],
    ['node:cpu:rate5m', [['__name__', '=', 'node:cpu:rate5m']]],
    [' up { } ', [['__name__', '=', 'up']]],
    ['{}', []],
    ['{job="api"}', [['job', '=', 'api']]],
    [
      'http_requests_total{code=~"5..",job!="x"}',
      [
        ['__name__', '=', 'http_requests_total'],
        ['code', '=~', '5..'],
        ['job', '!=', 'x'],
      ],
    ],
    [
      'up{ job = "api" , zone !~ "a|b" , }',
      [
        ['__name__', '=', 'up'],
        ['job', '=', 'api'],
        ['zone', '!~', 'a|b'],
      ],
    ],
    ['{__name__=~"node_.*"}', [['__name__', '=~', 'node_.*']]],
    [
      '{"http.requests", "k8s.pod"=\'a\'}',
      [
        ['__name__', '=', 'http.requests'],
        ['k8s.pod', '=', 'a'],
      ],
    ],
    ['{a="q\\"b\\\\n\\n\\t\\u00e9\\U0001f642\\x41"}', [['a', '=', 'q"b\\n\n\té🙂A']]],
    ["{a='it\"s \\''}", [['a', '=', 'it"s \'']]],
    ['{a=~`\\d+\\.`}', [['a', '=~', '\\d+\\.']]],
    ['{a="x,y}z{"}', [['a', '=', 'x,y}z{']]],
    ['{a=""}', [['a', '=', '']]],
  ])('reads %s', (written, parts) => {
    expect(partsOf(parseSelector(written))).toEqual(parts);
  });

  it.each<[string, string]>([
    ['', 'begins with a metric name or with {'],
    ['1up', 'begins with a metric name or with {'],
    ['"up"', 'begins with a metric name or with {'],
    ['up{', 'expected } at the end'],
    ['up}', 'expected { at character 3'],
    ['up down', 'expected { at character 4'],
    ['up{} or down', 'unexpected text at character 6'],
    ['up{job}', 'expected =, !=, =~, !~ after label job at character 7'],
    ['up{job="a"', 'expected } at the end'],
    ['up{job="a}', 'never closed; end it with " at character 8'],
    ['up{job=a}', 'expected a value in quotes for label job at character 8'],
    ['up{job=="a"}', 'expected a value in quotes for label job at character 8'],
    ['up{job="a" zone="b"}', 'expected } at character 12'],
    ['up{,}', 'expected a label name at character 4'],
    ['up{job="a",,}', 'expected a label name at character 12'],
    ['up{1a="x"}', 'expected a label name at character 4'],
    ['up{a="\\d"}', 'unknown escape; write \\\\'],
    ['up{a="\\xff"}', 'unknown escape'],
    ['up{a="\\u12"}', 'unknown escape'],
    ['up{a="\\U00110000"}', 'unknown escape'],
    ['up{a="\\ud800"}', 'valid Unicode'],
    ['up{a="\\u0000"}', 'without NUL'],
    ['up{__name__="down"}', "the metric's name is given twice"],
    ['up[5m]', 'expected { at character 3'],
    [`{${'a="b",'.repeat(31)}}`, 'at most 30 matchers'],
    [`{a="${'x'.repeat(8192)}"}`, 'at most 8192 characters'],
  ])('refuses %s', (written, reason) => {
    expect(() => parseSelector(written)).toThrow(InvalidMatcher);
    expect(() => parseSelector(written)).toThrow(reason);
  });

  it('reads back what was written', () => {
    fc.assert(
      fc.property(fc.array(matcher, { maxLength: 6 }), (matchers) => {
        expect(partsOf(parseSelector(formatSelector(matchers)))).toEqual(partsOf(matchers));
      }),
    );
  });

  it('answers any text with matchers or a refusal, never another error', () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.stringMatching(/^[a{}=~!",'`\\ nu0-9]{0,30}$/)), (written) => {
        for (const parse of [parseSelector, parseMatchers, parseMatcher]) {
          try {
            parse(written);
          } catch (error) {
            expect(error).toBeInstanceOf(InvalidMatcher);
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('parseMatcher', () => {
  it.each<[string, Parts]>([
    ['name="v"', ['name', '=', 'v']],
    ['name=v', ['name', '=', 'v']],
    ['name=~v', ['name', '=~', 'v']],
    ['instance=~web-.*', ['instance', '=~', 'web-.*']],
    ['instance!~"web-[0-9]{1,2}"', ['instance', '!~', 'web-[0-9]{1,2}']],
    ['code=~[0-9]{1,3}', ['code', '=~', '[0-9]{1,3}']],
    [' name != a b ', ['name', '!=', 'a b']],
    ['name=', ['name', '=', '']],
    ['name=~"\\d+"', ['name', '=~', '\\d+']],
    ['name="a\\"b\\\\c\\n"', ['name', '=', 'a"b\\c\n']],
    ['"k8s pod"="a"', ['k8s pod', '=', 'a']],
    ['k8s.pod="a"', ['k8s.pod', '=', 'a']],
    ["owner=it's us", ['owner', '=', "it's us"]],
  ])('reads %s', (written, parts) => {
    expect(partsOf([parseMatcher(written)])).toEqual([parts]);
  });

  it.each<[string, string]>([
    ['', 'expected a label name at the end'],
    ['name', 'expected =, !=, =~, !~ after label name at the end'],
    ['=v', 'expected a label name at character 1'],
    ['name="v', 'never closed'],
    ['name=a"b', 'unexpected text at character 7'],
    ['name="a",zone="b"', 'unexpected text at character 9'],
    ['name=~(', 'missing closing )'],
  ])('refuses %s', (written, reason) => {
    expect(() => parseMatcher(written)).toThrow(InvalidMatcher);
    expect(() => parseMatcher(written)).toThrow(reason);
  });

  it('reads back what was written', () => {
    fc.assert(
      fc.property(matcher, (written) => {
        expect(partsOf([parseMatcher(String(written))])).toEqual(partsOf([written]));
      }),
    );
  });
});

describe('parseMatchers', () => {
  const expected: Parts[] = [
    ['alertname', '=', 'HighLoad'],
    ['severity', '=~', 'warn|crit'],
  ];
  it.each([
    'alertname=HighLoad,severity=~"warn|crit"',
    '{alertname="HighLoad", severity=~"warn|crit",}',
    ' { alertname = HighLoad , severity =~ warn|crit } ',
  ])('reads %s', (written) => {
    expect(partsOf(parseMatchers(written))).toEqual(expected);
  });

  it.each<[string, string]>([
    ['a=b}', 'unexpected text'],
    ['{a=b', 'expected } at the end'],
    ['a=b c=d', 'unexpected text'],
    ['a=,b=c', 'expected a value in quotes for label a'],
  ])('refuses %s', (written, reason) => {
    expect(() => parseMatchers(written)).toThrow(reason);
  });

  it('reads nothing as no matchers', () => {
    expect(parseMatchers('')).toEqual([]);
    expect(parseMatchers('{}')).toEqual([]);
  });
});
