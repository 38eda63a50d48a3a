import { ACTION_TYPES, type ActionType } from '../actions/action-type';
import type { BlastRadius, CatalogueEntry, Verification } from './catalogue-entry';
import { type Parameters, schemaProblems, shapeProblem } from './parameter-schema';
import { growth, shrinkage, SIZE, undoGrowth, undoShrinkage } from './scaling';

export { type CatalogueEntry, type Risk, RISKS } from './catalogue-entry';

/** The contract's limit for any action. */
export const MAX_TIMEOUT_SECONDS = 600;
export const MAX_RETRIES = 5;

const OLDER_THAN_DAYS = {
  kind: 'integer',
  min: 1,
  max: 3_650,
  description: 'Only what is older; its target decides where this is left out',
} as const;

const ONE_FILE_SYSTEM: BlastRadius = {
  count: 1,
  unit: 'file_system',
  text: 'files of one file system, as its target allows',
};

/** The disk is no longer what the contract calls high. */
const DISK_HAS_ROOM: Verification = {
  metric: 'disk_usage_pct',
  op: '<',
  threshold: 85,
  forSeconds: 60,
  timeoutSeconds: 600,
};

/** What can be done, and what is known of each: the page to read about the product's reach. */
export const CATALOGUE = {
  scale_up: {
    description: 'Run more instances of a service',
    parameters: SIZE,
    risk: 'medium',
    // A step of "one more" that is sent twice makes two more.
    isIdempotent: false,
    timeoutSeconds: 300,
    retries: 2,
    blastRadius: growth,
    rollback: { type: 'scale_down', parameters: undoGrowth },
    verification: 'anomaly',
  },
  scale_down: {
    description: 'Run fewer instances of a service',
    parameters: SIZE,
    risk: 'high',
    isIdempotent: false,
    timeoutSeconds: 300,
    retries: 1,
    blastRadius: shrinkage,
    rollback: { type: 'scale_up', parameters: undoShrinkage },
    verification: 'anomaly',
  },
  restart_service: {
    description: 'Restart a service, one instance after the other where its target can',
    parameters: {
      grace_seconds: {
        kind: 'integer',
        min: 0,
        max: 600,
        description: 'How long an instance may take to end by itself',
      },
    },
    risk: 'high',
    isIdempotent: false,
    timeoutSeconds: 300,
    retries: 1,
    blastRadius: () => ({
      count: 1,
      unit: 'service',
      text: 'every instance of one service, as many at once as its target allows',
    }),
    rollback: null,
    verification: 'anomaly',
  },
  custom: {
    description: 'Whatever its target does with the parameters',
    parameters: {},
    risk: 'high',
    isIdempotent: false,
    timeoutSeconds: 300,
    retries: 1,
    blastRadius: () => ({
      count: 1,
      unit: 'service',
      text: 'one target, in whatever it is able to do',
    }),
    rollback: null,
    verification: 'anomaly',
  },
  cleanup_logs: {
    description: 'Delete or compress old log files',
    parameters: { older_than_days: OLDER_THAN_DAYS },
    risk: 'low',
    isIdempotent: true,
    timeoutSeconds: 600,
    retries: 2,
    blastRadius: () => ONE_FILE_SYSTEM,
    rollback: null,
    verification: DISK_HAS_ROOM,
  },
  update_config: {
    description: 'Set one setting of a service',
    parameters: {
      key: {
        kind: 'text',
        maxLength: 253,
        required: true,
        description: 'The setting, as its target names it',
      },
      value: { kind: 'text', maxLength: 4_096, required: true, description: 'What it is to be' },
      previous_value: {
        kind: 'text',
        maxLength: 4_096,
        description: 'What it was, so that it can be set back where the target does not tell',
      },
    },
    risk: 'high',
    isIdempotent: true,
    timeoutSeconds: 120,
    retries: 1,
    blastRadius: ({ key }) => ({
      count: 1,
      unit: 'setting',
      text: `the setting ${typeof key === 'string' ? key : 'that is named'}, for every instance of one service`,
    }),
    rollback: {
      type: 'update_config',
      parameters: ({ key, value, previous_value: stated }, { value: seen }) => {
        const previous = typeof seen === 'string' ? seen : stated;
        return typeof previous === 'string' ? { key, value: previous, previous_value: value } : null;
      },
    },
    verification: 'anomaly',
  },
  rollback: {
    description: 'Go back to an earlier release of a service',
    parameters: {
      revision: {
        kind: 'integer',
        min: 1,
        max: 1_000_000_000,
        description: 'The release, as its target counts them; the one before where it is left out',
      },
    },
    risk: 'high',
    // "The one before" of the one before is another release.
    isIdempotent: false,
    timeoutSeconds: 600,
    retries: 1,
    blastRadius: () => ({
      count: 1,
      unit: 'service',
      text: 'the release of one service, with every instance',
    }),
    rollback: {
      type: 'rollback',
      parameters: (_, { revision }) => (typeof revision === 'number' ? { revision } : null),
    },
    verification: 'anomaly',
  },
  cleanup_disk: {
    description: 'Free a file system of what can be made again: caches, temporary files, old packages',
    parameters: {
      older_than_days: OLDER_THAN_DAYS,
      mount: { kind: 'text', maxLength: 255, description: 'The file system, as its target names it' },
    },
    risk: 'low',
    isIdempotent: true,
    timeoutSeconds: 600,
    retries: 2,
    blastRadius: () => ONE_FILE_SYSTEM,
    rollback: null,
    verification: DISK_HAS_ROOM,
  },
  optimize_performance: {
    description:
      'Have a service do the housekeeping that makes it quick: warm or drop caches, renew statistics',
    parameters: {
      focus: {
        kind: 'choice',
        words: ['cpu', 'memory', 'latency'],
        description: 'What it is about',
      },
    },
    risk: 'low',
    isIdempotent: true,
    timeoutSeconds: 300,
    retries: 2,
    blastRadius: () => ({ count: 1, unit: 'service', text: 'the housekeeping of one service' }),
    rollback: null,
    verification: {
      metric: 'response_time_p95',
      op: '<=',
      threshold: 5,
      forSeconds: 120,
      timeoutSeconds: 600,
    },
  },
  enhance_monitoring: {
    description: 'Look closer at a service for a while',
    parameters: {
      duration_minutes: {
        kind: 'integer',
        min: 1,
        max: 1_440,
        description: 'For how long; its target decides where this is left out',
      },
      interval_seconds: { kind: 'integer', min: 1, max: 300, description: 'How often it is measured then' },
    },
    risk: 'low',
    isIdempotent: true,
    timeoutSeconds: 120,
    retries: 2,
    blastRadius: () => ({ count: 1, unit: 'service', text: 'what is measured of one service' }),
    rollback: null,
    verification: 'nothing',
  },
} as const satisfies Record<ActionType, CatalogueEntry>;

/** What is known of an action type. */
export function entryOf(type: ActionType): CatalogueEntry {
  return CATALOGUE[type];
}

/**
 * The first rule that parameters of an action break: the contract's sentence, or null. Those that the catalogue knows are of their type and
 * in their range; any others are left alone, since whoever receives them may know them.
 * @example parametersProblem('scale_up', { by: 0 }) // 'parameters.by must be an integer between 1 and 100'
 */
export function parametersProblem(type: ActionType, parameters: unknown): string | null {
  return (
    shapeProblem(parameters, 'parameters') ??
    schemaProblems(entryOf(type).parameters, parameters as Parameters, 'parameters')[0]?.message ??
    null
  );
}

/** The whole catalogue, in the contract's order. */
export function catalogueView(): (CatalogueEntry & { readonly type: ActionType })[] {
  return ACTION_TYPES.map((type) => ({ type, ...entryOf(type) }));
}
