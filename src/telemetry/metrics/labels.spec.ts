import fc from 'fast-check';

import { canonicalSeries, checkSeries, seriesFingerprint, seriesTitle } from './labels';
import { InvalidLabels } from './metrics.errors';

const labelName = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,20}$/).filter((name) => !name.startsWith('__'));
const labelValue = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter((text) => !text.includes('\0'));
const labelSet = fc.dictionary(labelName, labelValue, { maxKeys: 8, noNullPrototype: true });
const metricName = fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,30}$/);

describe('checkSeries', () => {
  it('gives back what it accepts, unchanged', () => {
    fc.assert(
      fc.property(metricName, labelSet, (name, labels) => {
        expect(checkSeries(name, labels)).toEqual({ name, labels });
      }),
    );
  });

  it('drops labels with an empty value, as Prometheus does, and does not count them', () => {
    const labels = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`l${i}`, i < 30 ? 'x' : '']));
    expect(Object.keys(checkSeries('up', labels).labels)).toHaveLength(30);
  });

  const tooMany = Object.fromEntries(Array.from({ length: 31 }, (_, i) => [`l${i}`, 'x']));
  it.each<[string, unknown, Record<string, unknown>, string]>([
    ['an empty name', '', {}, 'metric name ""'],
    ['a name with a dash', 'a-b', {}, 'metric name "a-b"'],
    ['a name that starts with a digit', '1a', {}, 'metric name "1a"'],
    ['a name with a line end', 'a\n', {}, 'metric name'],
    ['a name of 257 characters', 'a'.repeat(257), {}, 'at most 256'],
    ['a name that is a number', 5, {}, 'of type number'],
    ['31 labels', 'up', tooMany, 'at most 30'],
    ['a label called __name__', 'up', { __name__: 'down' }, 'label __name__'],
    [
      'a label called __proto__',
      'up',
      JSON.parse('{"__proto__":"x"}') as Record<string, unknown>,
      'label __proto__',
    ],
    ['a label name with a colon', 'up', { 'a:b': 'x' }, 'label name "a:b"'],
    ['an empty label name', 'up', { '': 'x' }, 'label name ""'],
    ['a label name of 257 characters', 'up', { ['a'.repeat(257)]: 'x' }, 'at most 256'],
    ['a value of 2,049 bytes', 'up', { a: 'x'.repeat(2049) }, '2048 bytes'],
    ['a value of 1,025 two-byte characters', 'up', { a: 'é'.repeat(1025) }, '2048 bytes'],
    ['a value with NUL', 'up', { a: 'x\0y' }, 'NUL'],
    ['a value with a lone surrogate', 'up', { a: 'x\ud800y' }, 'not valid Unicode'],
    ['a value that is a number', 'up', { a: 1 }, 'must be a string, not number'],
    ['a value that is null', 'up', { a: null }, 'must be a string, not null'],
  ])('refuses %s', (_, name, labels, reason) => {
    expect(() => checkSeries(name, labels)).toThrow(InvalidLabels);
    expect(() => checkSeries(name, labels)).toThrow(reason);
  });

  it('accepts any text as a name where the protocol does, but not NUL, half characters or 257 bytes', () => {
    const labels = { 'host name': 'a', '1': 'b' };
    expect(checkSeries('cpu.läd', labels, 'utf8')).toEqual({ name: 'cpu.läd', labels });
    for (const name of ['', 'a\0', 'a\ud800', 'ä'.repeat(129)]) {
      expect(() => checkSeries(name, {}, 'utf8')).toThrow('256 bytes of UTF-8');
      expect(() => checkSeries('up', { [name]: 'x' }, 'utf8')).toThrow('256 bytes of UTF-8');
    }
    expect(() => checkSeries('up', { __name__: 'x' }, 'utf8')).toThrow('__name__');
  });

  it('accepts control characters, quotes, emoji and a value of exactly 2,048 bytes', () => {
    const labels = { a: '\u0001\t\n"\\', b: '🙂', c: 'é'.repeat(1024), constructor: 'x' };
    expect(checkSeries('up', labels).labels).toEqual(labels);
  });

  it('answers any input with a series or a refusal, never another error', () => {
    fc.assert(
      fc.property(
        fc.anything(),
        fc.dictionary(fc.string({ unit: 'binary' }), fc.anything()),
        (name, labels) => {
          try {
            checkSeries(name, labels);
          } catch (error) {
            expect(error).toBeInstanceOf(InvalidLabels);
          }
        },
      ),
    );
  });
});

describe('a series has one identity', () => {
  it('whatever order its labels come in', () => {
    fc.assert(
      fc.property(metricName, labelSet, (name, labels) => {
        const reversed = Object.fromEntries(Object.entries(labels).reverse());
        expect(canonicalSeries(name, reversed)).toBe(canonicalSeries(name, labels));
        expect(seriesFingerprint(name, reversed)).toEqual(seriesFingerprint(name, labels));
      }),
    );
  });

  it('which no other series has', () => {
    fc.assert(
      fc.property(metricName, labelSet, metricName, labelSet, (nameA, labelsA, nameB, labelsB) => {
        const same =
          nameA === nameB &&
          JSON.stringify(Object.entries(labelsA).sort()) === JSON.stringify(Object.entries(labelsB).sort());
        expect(canonicalSeries(nameA, labelsA) === canonicalSeries(nameB, labelsB)).toBe(same);
      }),
    );
  });

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['a quote that would close the value', { a: '1","b":"2' }, { a: '1', b: '2' }],
    ['a value that looks like a pair', { a: 'b=c' }, { a: 'b', c: '' }],
    ['a moved border', { ab: 'c' }, { a: 'bc' }],
  ])('also against %s', (_, a, b) => {
    expect(canonicalSeries('m', a)).not.toBe(canonicalSeries('m', b));
    expect(seriesFingerprint('m', a)).not.toEqual(seriesFingerprint('m', b));
  });

  it('that stays the same from version to version', () => {
    expect(seriesFingerprint('up', { job: 'api', instance: 'a:1' }).toString('hex')).toBe(
      '903b406d0870675c073766447b03dc66',
    );
  });
});

describe('seriesTitle', () => {
  it('puts names that are not classic in quotes, as Prometheus 3 does', () => {
    expect(seriesTitle('cpu.util', { 'host.name': 'a', job: 'b' })).toBe(
      '{"cpu.util","host.name"="a",job="b"}',
    );
  });

  it.each<[string, Record<string, string>, string]>([
    ['up', {}, 'up'],
    ['http_requests_total', { host: 'a', code: '200' }, 'http_requests_total{code="200",host="a"}'],
    ['m', { a: 'x"y\\z\n', b: '' }, 'm{a="x\\"y\\\\z\\n"}'],
  ])('writes %s with %j as %s', (name, labels, title) => {
    expect(seriesTitle(name, labels)).toBe(title);
  });
});
