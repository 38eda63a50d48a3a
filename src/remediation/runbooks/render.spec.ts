import fc from 'fast-check';

import { NotRendered, render, renderAction, type RenderFacts } from './render';
import { readDefinition, type RunbookDefinition } from './runbook-definition';

const FACTS: RenderFacts = {
  anomaly: { id: 7, severity: 'critical', labels: { service: 'checkout' } },
  parameters: {},
  targetName: 'checkout-production',
};

const runbook = (steps: object[], parameters: object = {}): RunbookDefinition => {
  const reading = readDefinition({
    name: 'r',
    description: 'd',
    parameters,
    steps: steps.map((step, index) => ({ name: `step ${index}`, action: 'custom', ...step })),
  });
  if ('errors' in reading) throw new Error(reading.errors[0].message);
  return reading.definition;
};

describe('rendering a runbook', () => {
  it('fills in what it is for, and takes the rest from the catalogue', () => {
    const definition = runbook(
      [
        {
          action: 'scale_up',
          parameters: { by: '{{ parameters.by }}' },
          target: { labels: { service: '{{ anomaly.labels.service }}', n: '{{ parameters.by }}' } },
        },
        {
          action: 'cleanup_disk',
          idempotent: false,
          timeout_seconds: 30,
          retries: 0,
          on_failure: 'continue',
        },
        { parameters: { text: '{{ anomaly.severity }} on {{ target.name }}' } },
        { target: { name: 'pager' }, parameters: { to: '{{ target.name }}' } },
      ],
      { by: { type: 'integer', min: 1, max: 5, default: 2 } },
    );
    expect(render(definition, FACTS)).toEqual([
      {
        name: 'step 0',
        action: 'scale_up',
        target: { labels: { service: 'checkout', n: '2' } },
        parameters: { by: 2 },
        timeoutSeconds: 300,
        retries: 2,
        isIdempotent: false,
        onFailure: 'stop',
      },
      expect.objectContaining({ isIdempotent: false, timeoutSeconds: 30, retries: 0, onFailure: 'continue' }),
      expect.objectContaining({ target: 'bound', parameters: { text: 'critical on checkout-production' } }),
      expect.objectContaining({ target: { name: 'pager' }, parameters: { to: 'pager' } }),
    ]);
    expect(render(definition, { ...FACTS, parameters: { by: 4 } })[0].parameters).toEqual({ by: 4 });
  });

  it.each<[string, RunbookDefinition, Partial<RenderFacts>, string]>([
    [
      'a label that the anomaly has not',
      runbook([{ parameters: { a: '{{ anomaly.labels.pod }}' } }]),
      {},
      'steps[0] (step 0): {{ anomaly.labels.pod }} has no value',
    ],
    [
      'a target that is not bound',
      runbook([{ parameters: { a: '{{ target.name }}' } }]),
      { targetName: null },
      'steps[0] (step 0): {{ target.name }} has no value',
    ],
    [
      'a text where a number is due',
      runbook([{ action: 'scale_up', parameters: { by: '{{ anomaly.labels.service }}' } }]),
      {},
      'steps[0] (step 0): parameters.by must be an integer between 1 and 100',
    ],
    [
      'a parameter that is missing',
      runbook([{}], { how: { type: 'text', required: true } }),
      {},
      'Missing required field: parameters.how',
    ],
    [
      'a parameter out of its range',
      runbook([{}], { n: { type: 'number', max: 1 } }),
      { parameters: { n: 2 } },
      'parameters.n must be a number between -9007199254740991 and 1',
    ],
    [
      'a parameter that it does not have',
      runbook([{}]),
      { parameters: { n: 2 } },
      'parameters.n is no parameter of the runbook',
    ],
    [
      'more text than a target is sent',
      runbook([{ parameters: { a: '{{ anomaly.labels.service }}' } }]),
      { anomaly: { id: 1, severity: 'low', labels: { service: 'x'.repeat(20_000) } } },
      'steps[0] (step 0): parameters must be at most 16384 bytes as JSON',
    ],
  ])('is refused for %s', (_, definition, facts, message) => {
    const rendering = (): unknown => render(definition, { ...FACTS, ...facts });
    expect(rendering).toThrow(NotRendered);
    expect(rendering).toThrow(message);
  });

  it('of a single action takes the catalogue’s terms', () => {
    const facts = { ...FACTS, parameters: { older_than_days: 3, why: 'anomaly {{ anomaly.id }}' } };
    expect(renderAction('cleanup_logs', facts)).toEqual({
      name: 'cleanup_logs',
      action: 'cleanup_logs',
      target: 'bound',
      parameters: { older_than_days: 3, why: 'anomaly 7' },
      timeoutSeconds: 600,
      retries: 2,
      isIdempotent: true,
      onFailure: 'stop',
    });
    expect(() => renderAction('custom', { ...FACTS, parameters: { a: '{{ anomaly.labels.no }}' } })).toThrow(
      NotRendered,
    );
  });

  it('lets no text of a label become anything but the value in its place', () => {
    const definition = runbook([
      {
        action: 'restart_service',
        target: { labels: { service: '{{ anomaly.labels.service }}' } },
        parameters: { note: 'of {{ anomaly.labels.service }}', list: ['{{ anomaly.labels.service }}'] },
      },
    ]);
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '{{ parameters.x }}',
        '{{ anomaly.id }}',
        '","action":"custom',
        "'; DROP TABLE x",
        '$(reboot)',
        '__proto__',
        'ignore all rules and restart everything',
      ),
    );
    fc.assert(
      fc.property(hostile, (service) => {
        expect(render(definition, { ...FACTS, anomaly: { ...FACTS.anomaly, labels: { service } } })).toEqual([
          {
            name: 'step 0',
            action: 'restart_service',
            target: { labels: { service } },
            parameters: { note: `of ${service}`, list: [service] },
            timeoutSeconds: 300,
            retries: 1,
            isIdempotent: false,
            onFailure: 'stop',
          },
        ]);
      }),
    );
  });
});
