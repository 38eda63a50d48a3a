import fc from 'fast-check';

import { ACTION_TYPES, type ActionType } from '../actions/action-type';
import {
  CATALOGUE,
  catalogueView,
  entryOf,
  MAX_RETRIES,
  MAX_TIMEOUT_SECONDS,
  parametersProblem,
} from './catalogue';

const anyType = fc.constantFrom(...ACTION_TYPES);

describe('the catalogue', () => {
  it('knows every action type of the contract, in its order', () => {
    expect(catalogueView().map(({ type }) => type)).toEqual([...ACTION_TYPES]);
  });

  it.each(ACTION_TYPES)('keeps %s within the contract’s timeouts and retries', (type) => {
    const { timeoutSeconds, retries } = entryOf(type);
    expect([120, 300, 600]).toContain(timeoutSeconds);
    expect(timeoutSeconds).toBeLessThanOrEqual(MAX_TIMEOUT_SECONDS);
    expect([1, 2]).toContain(retries);
    expect(retries).toBeLessThanOrEqual(MAX_RETRIES);
  });

  it('calls only the four harmless types of low risk', () => {
    const low = ACTION_TYPES.filter((type) => entryOf(type).risk === 'low');
    expect(low.sort()).toEqual([
      'cleanup_disk',
      'cleanup_logs',
      'enhance_monitoring',
      'optimize_performance',
    ]);
  });

  it('calls nothing idempotent that depends on what was before', () => {
    const idempotent = ACTION_TYPES.filter((type) => entryOf(type).isIdempotent);
    expect(idempotent).not.toContain('scale_up');
    expect(idempotent).not.toContain('restart_service');
    expect(idempotent).not.toContain('custom');
  });

  describe('checks parameters', () => {
    it.each<[ActionType, unknown, string | null]>([
      ['scale_up', {}, null],
      ['scale_up', { replicas: 4 }, null],
      ['scale_up', { replicas: null, by: 2 }, null],
      ['scale_up', { replicas: 0 }, 'parameters.replicas must be an integer between 1 and 1000'],
      ['scale_up', { replicas: 1.5 }, 'parameters.replicas must be an integer between 1 and 1000'],
      ['scale_up', { replicas: '4' }, 'parameters.replicas must be an integer between 1 and 1000'],
      ['scale_up', { replicas: NaN }, 'parameters.replicas must be an integer between 1 and 1000'],
      ['scale_down', { replicas: 4, by: 1 }, 'parameters.by must not stand beside parameters.replicas'],
      ['update_config', {}, 'Missing required field: parameters.key'],
      ['update_config', { key: 'a', value: '' }, 'Missing required field: parameters.value'],
      ['update_config', { key: 7, value: 'b' }, 'parameters.key must be a string of at most 253 characters'],
      ['update_config', { key: 'a', value: 'b' }, null],
      [
        'optimize_performance',
        { focus: 'luck' },
        'Invalid parameters.focus. Must be one of: cpu, memory, latency',
      ],
      ['custom', { anything: { goes: [1, 'two', null] } }, null],
      ['enhance_monitoring', { unknown: 'to us', duration_minutes: 5 }, null],
      ['custom', [], 'parameters must be an object'],
      ['custom', null, 'parameters must be an object'],
      ['custom', 'x', 'parameters must be an object'],
      ['custom', { text: 'x'.repeat(16_384) }, 'parameters must be at most 16384 bytes as JSON'],
      ['custom', nested(9), 'parameters must not be nested deeper than 8 levels'],
      ['custom', nested(8), null],
    ])('of %s: %j', (type, parameters, problem) => {
      expect(parametersProblem(type, parameters)).toBe(problem);
    });

    it('of a depth that would break a recursive walk', () => {
      expect(parametersProblem('custom', nested(100_000))).toBe(
        'parameters must not be nested deeper than 8 levels',
      );
    });

    it('looks at no inherited member', () => {
      expect(parametersProblem('update_config', Object.create({ key: 'a', value: 'b' }))).toBe(
        'Missing required field: parameters.key',
      );
    });

    it('of any JSON without failing', () => {
      fc.assert(
        fc.property(anyType, fc.jsonValue(), (type, parameters) => {
          const problem = parametersProblem(type, parameters);
          expect(problem === null || problem.length > 0).toBe(true);
        }),
      );
    });
  });

  it('states a blast radius of at least one for whatever passes its check', () => {
    fc.assert(
      fc.property(anyType, fc.dictionary(fc.string(), fc.jsonValue()), (type, parameters) => {
        fc.pre(parametersProblem(type, parameters) === null);
        const { count, percent = 1, text } = entryOf(type).blastRadius(parameters);
        expect(count).toBeGreaterThanOrEqual(1);
        expect(percent).toBeGreaterThan(0);
        expect(percent).toBeLessThanOrEqual(100);
        expect(text).not.toBe('');
      }),
    );
  });

  it.each<[ActionType, object, number, number | undefined]>([
    ['scale_up', {}, 1, undefined],
    ['scale_up', { by: 3 }, 3, undefined],
    ['scale_up', { replicas: 300 }, 300, undefined],
    ['scale_down', { replicas: 1 }, 1_000, 100],
    ['scale_down', { by: 2 }, 2, undefined],
    ['restart_service', {}, 1, undefined],
    ['scale_up', { replicas: 9, from_replicas: 3 }, 6, undefined],
    ['scale_down', { replicas: 3, from_replicas: 4 }, 1, 25],
    ['scale_down', { replicas: 1, from_replicas: 9 }, 8, 800 / 9],
    ['scale_down', { by: 2, from_replicas: 4 }, 2, 50],
    ['scale_down', { by: 9, from_replicas: 4 }, 9, 100],
    ['custom', {}, 1, undefined],
  ])('thinks no smaller of %s with %j than it can be', (type, parameters, count, percent) => {
    expect(entryOf(type).blastRadius({ ...parameters })).toMatchObject({
      count,
      ...(percent !== undefined && { percent }),
    });
  });

  describe('undoes', () => {
    it.each<[ActionType, object, object, object | null]>([
      ['scale_up', {}, {}, { by: 1 }],
      ['scale_up', { by: 3 }, {}, { by: 3 }],
      ['scale_up', { by: 3 }, { replicas: 2 }, { replicas: 2, from_replicas: 5 }],
      ['scale_up', { replicas: 9 }, { replicas: 2 }, { replicas: 2, from_replicas: 9 }],
      ['scale_up', { by: 1 }, { replicas: 0 }, { by: 1 }],
      ['scale_up', { replicas: 9 }, {}, null],
      ['scale_down', { replicas: 1 }, { replicas: 5 }, { replicas: 5, from_replicas: 1 }],
      ['scale_down', { by: 2 }, { replicas: 5 }, { replicas: 5, from_replicas: 3 }],
      ['scale_down', { by: 5 }, { replicas: 5 }, { replicas: 5 }],
      ['update_config', { key: 'a', value: '2' }, {}, null],
      [
        'update_config',
        { key: 'a', value: '2', previous_value: '1' },
        {},
        { key: 'a', value: '1', previous_value: '2' },
      ],
      [
        'update_config',
        { key: 'a', value: '2', previous_value: '1' },
        { value: '0' },
        { key: 'a', value: '0', previous_value: '2' },
      ],
      ['rollback', {}, {}, null],
      ['rollback', {}, { revision: 7 }, { revision: 7 }],
    ])('%s of %j that found %j', (type, parameters, before, undone) => {
      expect(entryOf(type).rollback?.parameters({ ...parameters }, { ...before })).toEqual(undone);
    });

    it('with parameters that pass the check of the type that undoes', () => {
      fc.assert(
        fc.property(
          anyType,
          fc.record({
            by: fc.integer({ min: 1, max: 100 }),
            key: fc.string({ minLength: 1, maxLength: 253 }),
            value: fc.string({ minLength: 1 }),
          }),
          fc.record(
            {
              replicas: fc.integer({ min: 1, max: 1_000 }),
              value: fc.string({ minLength: 1 }),
              revision: fc.integer({ min: 1, max: 9 }),
            },
            { requiredKeys: [] },
          ),
          (type, parameters, before) => {
            const { rollback } = entryOf(type);
            const undone = rollback?.parameters(parameters, before) ?? null;
            if (rollback !== null && undone !== null)
              expect(parametersProblem(rollback.type, undone)).toBeNull();
          },
        ),
      );
    });
  });

  it('declares for disks what shows that there is room again', () => {
    expect(CATALOGUE.cleanup_disk.verification).toMatchObject({ metric: 'disk_usage_pct', op: '<' });
  });
});

function nested(levels: number): unknown {
  let value: unknown = {};
  for (let depth = 1; depth < levels; depth++) value = { deeper: value };
  return value;
}
