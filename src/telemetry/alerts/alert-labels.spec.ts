import { checkAlertLabels, checkAnnotations } from './alert-labels';

describe('the labels of an alert', () => {
  it('lose empty values and keep everything else as it was sent', () => {
    expect(checkAlertLabels({ alertname: 'Down', zone: '', 'k8s.pod/name': '🤷‍♀️ "x"\n' })).toEqual({
      alertname: 'Down',
      'k8s.pod/name': '🤷‍♀️ "x"\n',
    });
  });

  it.each<[string, object, string]>([
    ['none', {}, 'at least one label pair required'],
    ['only empty ones', { a: '' }, 'at least one label pair required'],
    ['a number', { a: 1 }, 'label "a" must be a string, not number'],
    ['null', { a: null }, 'label "a" must be a string, not null'],
    ['an empty name', { '': 'x' }, 'label name ""'],
    ['a name too long', { ['n'.repeat(257)]: 'x' }, 'label name "nnn'],
    ['NUL in a name', { 'a\0': 'x' }, 'label name'],
    ['NUL in a value', { a: 'x\0' }, 'well-formed Unicode without NUL'],
    ['half a character', { a: '\ud83e' }, 'well-formed Unicode'],
    ['a value too long', { a: 'é'.repeat(1_025) }, 'longer than 2048 bytes'],
    [
      'too many',
      Object.fromEntries(Array.from({ length: 31 }, (_, i) => [`l${i}`, 'x'])),
      'at most 30 labels',
    ],
    ['a reserved word', JSON.parse('{"__proto__":"x"}') as object, '__proto__'],
  ])('are refused with %s', (_what, labels, message) => {
    expect(() => checkAlertLabels(labels as Record<string, unknown>)).toThrow(message);
  });
});

describe('annotations', () => {
  it('may be absent, and long', () => {
    expect(checkAnnotations({})).toEqual({});
    expect(checkAnnotations({ log: 'x'.repeat(65_536) }).log).toHaveLength(65_536);
    expect(() => checkAnnotations({ log: 'x'.repeat(65_537) })).toThrow('longer than 65536 bytes');
  });
});
