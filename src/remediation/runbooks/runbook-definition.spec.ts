import fc from 'fast-check';

import { readDefinition } from './runbook-definition';

const STEP = { name: 'Restart', action: 'restart_service' };
const RUNBOOK = { name: 'Restart a service', description: 'What we do when it hangs', steps: [STEP] };

const withStep = (members: object): object => ({ ...RUNBOOK, steps: [{ ...STEP, ...members }] });
const withParameter = (declaration: unknown): object => ({ ...RUNBOOK, parameters: { x: declaration } });
const errorsOf = (document: unknown): string[] => {
  const reading = readDefinition(document);
  return 'errors' in reading ? reading.errors.map(({ message }) => message) : [];
};

describe('a runbook', () => {
  it('is kept with what may be left out filled in', () => {
    expect(readDefinition({ ...RUNBOOK, steps: [{ ...STEP, parameters: null, retries: null }] })).toEqual({
      definition: {
        ...RUNBOOK,
        parameters: {},
        steps: [{ ...STEP, target: 'bound', parameters: {}, on_failure: 'stop' }],
      },
    });
  });

  it('chains steps with parameters, targets and what happens when one fails', () => {
    const document = {
      name: 'Scale, then restart',
      description: '',
      parameters: {
        by: { type: 'integer', min: 1, max: 3, default: 1, description: 'How many more' },
        how: { type: 'choice', words: ['soft', 'hard'], required: true },
        note: { type: 'text', max_length: 20 },
        share: { type: 'number', min: 0, max: 1 },
        isLoud: { type: 'flag', default: false },
      },
      steps: [
        {
          name: 'Scale',
          action: 'scale_up',
          target: { labels: { service: '{{ anomaly.labels.service }}', env: 'production' } },
          parameters: { by: '{{ parameters.by }}', note: ['for {{ anomaly.id }}', '{{ parameters.note }}'] },
          timeout_seconds: 60,
          retries: 0,
          on_failure: 'rollback',
        },
        {
          name: 'Tell',
          action: 'custom',
          target: { name: 'pager' },
          parameters: { to: '{{ target.name }}' },
          idempotent: false,
          on_failure: 'continue',
        },
      ],
    };
    expect(errorsOf({ ...document, description: 'why' })).toEqual([]);
    expect(errorsOf(document)).toEqual(['Missing required field: description']);
  });

  it.each<[string, unknown, string]>([
    ['no object', [], 'definition must be an object'],
    ['nothing', {}, 'Missing required field: name'],
    ['a blank name', { ...RUNBOOK, name: '  ' }, 'Missing required field: name'],
    ['a long name', { ...RUNBOOK, name: 'x'.repeat(101) }, 'name must be a string of at most 100 characters'],
    [
      'a member that is misspelt',
      { ...RUNBOOK, step: [] },
      'step is not known; there are name, description, parameters, steps, verify',
    ],
    ['no steps', { ...RUNBOOK, steps: [] }, 'steps must be a list of 1 to 20 steps'],
    ['steps that are no list', { ...RUNBOOK, steps: { 0: STEP } }, 'steps must be a list of 1 to 20 steps'],
    [
      'too many steps',
      { ...RUNBOOK, steps: Array.from({ length: 21 }, (_, n) => ({ ...STEP, name: `${n}` })) },
      'steps must be a list of 1 to 20 steps',
    ],
    ['a step that is no object', { ...RUNBOOK, steps: ['restart'] }, 'steps[0] must be an object'],
    [
      'a step without an action',
      { ...RUNBOOK, steps: [{ name: 'x' }] },
      'Missing required field: steps[0].action',
    ],
    ['an action that there is not', withStep({ action: 'delete_data' }), 'Invalid action_type'],
    ['two steps of one name', { ...RUNBOOK, steps: [STEP, STEP] }, 'steps[1].name is that of steps[0]'],
    [
      'a step’s unknown member',
      withStep({ retry: 1 }),
      'steps[0].retry is not known; there are name, action, target, parameters, timeout_seconds, retries, idempotent, on_failure',
    ],
    [
      'a script',
      withStep({ run: 'rm -rf /' }),
      'steps[0].run is not known; there are name, action, target, parameters, timeout_seconds, retries, idempotent, on_failure',
    ],
    [
      'a timeout beyond the contract’s',
      withStep({ timeout_seconds: 601 }),
      'steps[0].timeout_seconds must be an integer between 1 and 600',
    ],
    ['endless retries', withStep({ retries: 6 }), 'steps[0].retries must be an integer between 0 and 5'],
    [
      'a claim to be idempotent',
      withStep({ idempotent: true }),
      'steps[0].idempotent can only be false: what is idempotent, the catalogue says',
    ],
    [
      'an unknown way to fail',
      withStep({ on_failure: 'ignore' }),
      'Invalid steps[0].on_failure. Must be one of: stop, continue, rollback',
    ],
    [
      'a target that is a text',
      withStep({ target: 'checkout' }),
      'steps[0].target must be bound, or an object with either name or labels',
    ],
    [
      'a target of two kinds',
      withStep({ target: { name: 'a', labels: { b: 'c' } } }),
      'steps[0].target must be bound, or an object with either name or labels',
    ],
    [
      'a target named by an alert',
      withStep({ target: { name: '{{ anomaly.labels.service }}' } }),
      'steps[0].target.name takes no placeholders',
    ],
    [
      'a target without labels',
      withStep({ target: { labels: {} } }),
      'steps[0].target.labels must have 1 to 10 labels, each a text',
    ],
    [
      'a label that is a number',
      withStep({ target: { labels: { a: 1 } } }),
      'steps[0].target.labels must have 1 to 10 labels, each a text',
    ],
    [
      'a target by its own name',
      withStep({ target: { labels: { a: '{{ target.name }}' } } }),
      'steps[0].target.labels.a: {{ target.name }} is known only where the target is bound or named',
    ],
    [
      'the name of a target that is known by labels',
      withStep({ target: { labels: { a: 'b' } }, parameters: { x: '{{ target.name }}' } }),
      'steps[0].parameters.x: {{ target.name }} is known only where the target is bound or named',
    ],
    [
      'a parameter out of its range',
      withStep({ action: 'scale_up', parameters: { by: 0 } }),
      'steps[0].parameters.by must be an integer between 1 and 100',
    ],
    [
      'parameters that exclude each other',
      withStep({ action: 'scale_up', parameters: { by: 1, replicas: '{{ anomaly.id }}' } }),
      'steps[0].parameters.by must not stand beside steps[0].parameters.replicas',
    ],
    [
      'a required parameter missing',
      withStep({ action: 'update_config', parameters: { key: '{{ anomaly.id }}' } }),
      'Missing required field: steps[0].parameters.value',
    ],
    ['parameters that are a list', withStep({ parameters: [] }), 'steps[0].parameters must be an object'],
    [
      'a placeholder of a parameter that is not declared',
      withStep({ parameters: { a: ['{{ parameters.x }}'] } }),
      'steps[0].parameters.a[0]: {{ parameters.x }} is no parameter; there are none',
    ],
    [
      'parameters of its own that are a list',
      { ...RUNBOOK, parameters: ['x'] },
      'parameters must be an object',
    ],
    [
      'too many parameters',
      {
        ...RUNBOOK,
        parameters: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`p${n}`, { type: 'flag' }])),
      },
      'parameters must be at most 20',
    ],
    [
      'a parameter with an odd name',
      { ...RUNBOOK, parameters: { 'a b': { type: 'flag' } } },
      'parameters.a b must be named by letters, digits and _, beginning with no digit',
    ],
    ['a parameter that is a type', withParameter('integer'), 'parameters.x must be an object with a type'],
    [
      'a parameter without a type',
      withParameter({}),
      'Invalid parameters.x.type. Must be one of: integer, number, text, choice, flag',
    ],
    [
      'a parameter’s unknown member',
      withParameter({ type: 'flag', min: 1 }),
      'parameters.x.min is not known; there are type, description, required, default',
    ],
    [
      'a pattern',
      withParameter({ type: 'text', pattern: '(a+)+$' }),
      'parameters.x.pattern is not known; there are type, description, required, default, max_length',
    ],
    [
      'a limit that is none',
      withParameter({ type: 'integer', min: 'one' }),
      'parameters.x.min must be a number',
    ],
    [
      'limits that cross',
      withParameter({ type: 'integer', min: 2, max: 1 }),
      'parameters.x.min must not be above max',
    ],
    [
      'a length out of bounds',
      withParameter({ type: 'text', max_length: 5_000 }),
      'parameters.x.max_length must be an integer between 1 and 4096',
    ],
    [
      'a choice of nothing',
      withParameter({ type: 'choice', words: [] }),
      'parameters.x.words must be a list of 1 to 50 texts',
    ],
    [
      'a default that does not fit',
      withParameter({ type: 'integer', max: 3, default: 4 }),
      'parameters.x.default must be an integer between -9007199254740991 and 3',
    ],
    [
      'a default of what is required',
      withParameter({ type: 'flag', required: true, default: true }),
      'parameters.x.default has no place where it is required',
    ],
    [
      'a requirement that is none',
      withParameter({ type: 'flag', required: 'yes' }),
      'parameters.x.required must be true or false',
    ],
  ])('with %s is refused', (_, document, message) => {
    expect(errorsOf(document)[0]).toBe(message);
  });

  it('tells everything that is wrong with it at once', () => {
    expect(
      errorsOf({
        ...RUNBOOK,
        extra: 1,
        steps: [
          { ...STEP, retries: -1 },
          { name: 'b', action: 'scale_up', parameters: { by: '2', replicas: 0 } },
        ],
      }),
    ).toEqual([
      'extra is not known; there are name, description, parameters, steps, verify',
      'steps[0].retries must be an integer between 0 and 5',
      'steps[1].parameters.replicas must be an integer between 1 and 1000',
      'steps[1].parameters.by must not stand beside steps[1].parameters.replicas',
    ]);
  });

  it('is read without failing, whatever the document is', () => {
    const member = fc.constantFrom('name', 'description', 'parameters', 'steps', 'action', 'target', 'type');
    const tree = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom('restart_service', 'bound', 'integer', '{{ parameters.x }}', '', 'x'),
        fc.double(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(member, tie('value'), { maxKeys: 7 }),
      ),
    })).value;
    fc.assert(
      fc.property(tree, (document) => {
        const reading = readDefinition(document);
        if ('errors' in reading) expect(reading.errors.length).toBeGreaterThan(0);
        else expect(readDefinition(reading.definition)).toEqual(reading);
      }),
    );
  });
});
