import fc from 'fast-check';

import {
  fillIn,
  MissingValue,
  PLACEHOLDERS,
  type TemplateFacts,
  templateProblem,
  templateProblemIn,
} from './template';

const SCOPE = { parameters: ['by', 'size'], hasTargetName: true };
const FACTS: TemplateFacts = {
  anomaly: { id: 7, severity: 'high', labels: { service: 'checkout', 'k8s.pod': 'a-1', empty: '' } },
  parameters: { by: 2, isForced: true, empty: null },
  targetName: 'checkout in production',
};

describe('placeholders', () => {
  it.each<[string, unknown]>([
    ['', ''],
    ['plain', 'plain'],
    ['{ not } }} a { placeholder', '{ not } }} a { placeholder'],
    ['{{ anomaly.id }}', 7],
    ['{{anomaly.id}}', 7],
    ['anomaly {{ anomaly.id }}', 'anomaly 7'],
    ['{{ anomaly.severity }}', 'high'],
    ['{{ anomaly.labels.service }}', 'checkout'],
    ['{{ anomaly.labels.k8s.pod }}', 'a-1'],
    ['{{ anomaly.labels.empty }}', ''],
    ['{{ parameters.by }}', 2],
    ['{{ parameters.isForced }}', true],
    ['{{ parameters.by }}{{ parameters.isForced }}', '2true'],
    [' {{ parameters.by }}', ' 2'],
    ['{{ target.name }}/{{ anomaly.labels.service }}', 'checkout in production/checkout'],
  ])('in %j make %j', (text, filled) => {
    expect(fillIn(text, FACTS)).toBe(filled);
  });

  it('are filled in anywhere in a value, and in no key', () => {
    expect(fillIn({ list: ['{{ anomaly.id }}', { '{{ anomaly.id }}': [null, 1.5, false] }] }, FACTS)).toEqual(
      { list: [7, { '{{ anomaly.id }}': [null, 1.5, false] }] },
    );
  });

  it.each([
    '{{ anomaly.labels.region }}',
    '{{ anomaly.labels.toString }}',
    '{{ parameters.size }}',
    '{{ parameters.empty }}',
    'in a text {{ parameters.constructor }}',
  ])('without a value are an error that names them: %s', (text) => {
    expect(() => fillIn({ deep: [text] }, FACTS)).toThrow(MissingValue);
    expect(() => fillIn(text, FACTS)).toThrow(`${/\{\{.*\}\}/.exec(text)?.[0]} has no value`);
  });

  it('of an anomaly that is not on record, or without a target, have no value', () => {
    const nothing = { ...FACTS, anomaly: { ...FACTS.anomaly, id: null }, targetName: null };
    expect(() => fillIn('{{ anomaly.id }}', nothing)).toThrow('{{ anomaly.id }} has no value');
    expect(() => fillIn('{{ target.name }}', nothing)).toThrow('{{ target.name }} has no value');
  });

  it.each<[string, string | null]>([
    ['plain', null],
    ['{{ parameters.by }}', null],
    ['{{ parameters.bye }}', '{{ parameters.bye }} is no parameter; there are by, size'],
    ['{{ anomaly.age }}', `{{ anomaly.age }} is no placeholder; there are ${PLACEHOLDERS}`],
    ['{{ anomaly.id + 1 }}', `{{ anomaly.id + 1 }} is no placeholder; there are ${PLACEHOLDERS}`],
    ['{{ anomaly.labels.a b }}', `{{ anomaly.labels.a b }} is no placeholder; there are ${PLACEHOLDERS}`],
    ['{{ anomaly.labels. }}', `{{ anomaly.labels. }} is no placeholder; there are ${PLACEHOLDERS}`],
    ['{{}}', `{{}} is no placeholder; there are ${PLACEHOLDERS}`],
    ['{{{ anomaly.id }}}', `{{{ anomaly.id }} is no placeholder; there are ${PLACEHOLDERS}`],
    ['{{ {{ anomaly.id }} }}', `{{ {{ anomaly.id }} is no placeholder; there are ${PLACEHOLDERS}`],
    ['{{ anomaly.id', `{{ is not closed; a placeholder is one of ${PLACEHOLDERS}`],
    ['{{ process.env.HOME }}', `{{ process.env.HOME }} is no placeholder; there are ${PLACEHOLDERS}`],
  ])('are checked before they are kept: %s', (text, problem) => {
    expect(templateProblem(text, SCOPE)).toBe(problem);
  });

  it('are checked wherever they stand, and the place is named', () => {
    expect(templateProblemIn({ a: [1, { b: 'x {{ no }}' }] }, 'parameters', SCOPE)).toMatchObject({
      path: 'parameters.a[1].b',
    });
    expect(templateProblemIn({ a: ['{{ anomaly.id }}'] }, 'parameters', SCOPE)).toBeNull();
  });

  it('of a target that is known only by its labels cannot be its name', () => {
    expect(templateProblem('{{ target.name }}', { parameters: [], hasTargetName: false })).toBe(
      '{{ target.name }} is known only where the target is bound or named',
    );
  });

  it('bring in text that stays a value, whatever it says', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '{{ parameters.secret }}',
        '$(id)',
        '`id`',
        "'; DROP TABLE x;--",
        '}} {{ anomaly.id }}',
        '\n---\n',
      ),
    );
    fc.assert(
      fc.property(hostile, hostile, (label, around) => {
        const facts = {
          ...FACTS,
          anomaly: { ...FACTS.anomaly, labels: { service: label } },
          parameters: { secret: 'canary' },
        };
        const text = around.replaceAll('{{', '');
        expect(fillIn('{{ anomaly.labels.service }}', facts)).toBe(label);
        fc.pre(!text.endsWith('{'));
        expect(fillIn(`${text}{{ anomaly.labels.service }}${text}`, facts)).toBe(`${text}${label}${text}`);
      }),
    );
  });

  it('that pass the check are filled in without anything left of them, or miss their value', () => {
    const piece = fc.constantFrom(
      '{{',
      '}}',
      ' ',
      'anomaly.id',
      'parameters.by',
      'target.name',
      'anomaly.labels.service',
      'x',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        fc.pre(templateProblem(text, SCOPE) === null);
        try {
          expect(String(fillIn(text, FACTS))).not.toContain('{{');
        } catch (error) {
          expect(error).toBeInstanceOf(MissingValue);
        }
      }),
    );
  });
});
