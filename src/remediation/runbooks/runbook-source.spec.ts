import fc from 'fast-check';
import { stringify } from 'yaml';

import { readYaml } from './runbook-source';

const read = (text: string): unknown => {
  const reading = readYaml(text);
  return 'value' in reading ? reading.value : reading.problem;
};

describe('the YAML of a runbook', () => {
  it.each<[string, unknown]>([
    ['a: 1\nb: [x, {c: null}]', { a: 1, b: ['x', { c: null }] }],
    ['{"json": true}', { json: true }],
    [
      'a: yes\nb: 012\nc: 2026-01-31\nd: 0x1F\n1: one',
      { a: 'yes', b: 12, c: '2026-01-31', d: 31, '1': 'one' },
    ],
    ['text: |\n  one\n  two\n', { text: 'one\ntwo\n' }],
    ['', null],
    ['# nothing but a comment', null],
    ["it: '{{ anomaly.labels.service }}'", { it: '{{ anomaly.labels.service }}' }],
  ])('%j says %j', (text, value) => {
    expect(read(text)).toEqual(value);
  });

  it.each<[string, string]>([
    [
      'a: [1',
      'source, line 1, column 6: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    ['a: 1\na: 2', 'source, line 2, column 1: Map keys must be unique'],
    ['? [a]\n: 1', 'source, line 1, column 3: With stringKeys, all keys must be strings'],
    ['a: 1\n---\nb: 2', 'source, line 2, column 1: only one document is allowed'],
    ['%YAML 1.1\n---\na: yes', 'source, line 1, column 1: directives are not allowed'],
    ['a: &x 1\nb: *x', 'source, line 1, column 7: anchors are not allowed'],
    ['a: *x', 'source, line 1, column 4: aliases are not allowed'],
    ['a: !!str 1', 'source, line 1, column 10: tags are not allowed'],
    ['a: !custom {b: 1}', 'source, line 1, column 12: tags are not allowed'],
    ['a: !!js/function x', 'source, line 1, column 18: tags are not allowed'],
  ])('%j is refused', (text, problem) => {
    expect(read(text)).toBe(problem);
  });

  it.each([
    ['of more than 64 KB', `a: ${'x'.repeat(65_536)}`, 'source must be at most 65536 bytes'],
    ['of brackets', '['.repeat(65_000), 'source is nested too deep'],
    ['of braces', '{a: '.repeat(16_000), 'source is nested too deep'],
    ['of dashes', '- '.repeat(32_000), 'source is nested too deep'],
    [
      'of indents',
      Array.from({ length: 300 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
      'source is nested too deep',
    ],
    [
      'of keys',
      Array.from({ length: 7_000 }, (_, n) => `k${n}: 1`).join('\n'),
      'source has more than 10000 tokens',
    ],
    ['of commas', `[${'a,'.repeat(30_000)}]`, 'source has more than 10000 tokens'],
    ['of lines', '\n'.repeat(60_000), 'source has more than 10000 tokens'],
  ])('%s is refused before it is built', (_, text, problem) => {
    expect(read(text)).toBe(problem);
  });

  it('keeps a merge key and a prototype’s name as keys, and touches no prototype', () => {
    expect(read('<<: {a: 1}')).toEqual({ '<<': { a: 1 } });
    expect(Object.hasOwn(read('__proto__: {a: 1}') as object, '__proto__')).toBe(true);
    expect(({} as { a?: unknown }).a).toBeUndefined();
  });

  it('says what was written, and fails with a sentence on whatever is no YAML', () => {
    const key = fc.string({ minLength: 1, maxLength: 10 }).filter((name) => name !== '__proto__');
    const data = fc.dictionary(key, fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)), {
      maxKeys: 5,
    });
    fc.assert(
      fc.property(data, (written) => {
        expect(read(stringify(written, { aliasDuplicateObjects: false }))).toEqual({ ...written });
      }),
      { numRuns: 200 },
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab:-?[]{},&*!|>\'"%@#\n \t1.~') }), (text) => {
        const reading = readYaml(text);
        if ('problem' in reading) expect(reading.problem).toMatch(/^source[, ]/);
      }),
    );
  });
});
