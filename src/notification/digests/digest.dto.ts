import { Field } from '../../common/validation/fields';
import { BY_INCIDENT, type DigestSetting } from './digest';

const MAX_LABELS = 10;
const MAX_LABEL_LENGTH = 200;
const MAX_WAIT_SECONDS = 3_600;
const MAX_INTERVAL_SECONDS = 86_400;
const [WAIT_SECONDS, INTERVAL_SECONDS] = [30, 300];

/** A digest as it is sent. */
export interface DigestDto {
  readonly group_by: readonly string[];
  readonly wait_seconds?: number;
  readonly interval_seconds?: number;
  readonly critical_waits?: boolean;
}

const MEMBERS = ['group_by', 'wait_seconds', 'interval_seconds', 'critical_waits'];

function isDigest(value: unknown): value is DigestDto {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const stated = value as Record<string, unknown>;
  const { group_by, wait_seconds = 0, interval_seconds = 1, critical_waits = false } = stated;
  return (
    Object.keys(stated).every((name) => MEMBERS.includes(name)) &&
    isGroupBy(group_by) &&
    isBetween(wait_seconds, 0, MAX_WAIT_SECONDS) &&
    isBetween(interval_seconds, 1, MAX_INTERVAL_SECONDS) &&
    typeof critical_waits === 'boolean'
  );
}

/** By the incident alone, or by labels. */
function isGroupBy(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= MAX_LABELS &&
    new Set(value).size === value.length &&
    value.every((name) => typeof name === 'string' && name !== '' && name.length <= MAX_LABEL_LENGTH) &&
    (value.length === 1 || !value.includes(BY_INCIDENT))
  );
}

function isBetween(value: unknown, min: number, max: number): boolean {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

/** How notices are told together. */
export function Digest(): PropertyDecorator {
  return Field(
    (value, field) =>
      isDigest(value)
        ? null
        : `${field} must be an object with group_by (["incident"], or up to ${MAX_LABELS} names of labels), and maybe wait_seconds up to ` +
          `${MAX_WAIT_SECONDS}, interval_seconds from 1 to ${MAX_INTERVAL_SECONDS}, and critical_waits`,
    {
      type: 'object',
      required: ['group_by'],
      properties: {
        group_by: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: MAX_LABELS },
        wait_seconds: { type: 'integer', minimum: 0, maximum: MAX_WAIT_SECONDS, default: WAIT_SECONDS },
        interval_seconds: {
          type: 'integer',
          minimum: 1,
          maximum: MAX_INTERVAL_SECONDS,
          default: INTERVAL_SECONDS,
        },
        critical_waits: { type: 'boolean', default: false },
      },
    },
    {
      required: false,
      description:
        'Several notices in one message: the first of a group waits wait_seconds for company, and there are interval_seconds at least ' +
        'between two messages of a group. What is critical does not wait, unless critical_waits. Default: each by itself',
      example: { group_by: [BY_INCIDENT], wait_seconds: WAIT_SECONDS, interval_seconds: INTERVAL_SECONDS },
    },
  );
}

/** What a body states of digests; what it leaves out is stated as its default. */
export function digestSettingOf(body: DigestDto | undefined | null): DigestSetting | null {
  return body
    ? {
        groupBy: body.group_by,
        waitSeconds: body.wait_seconds ?? WAIT_SECONDS,
        intervalSeconds: body.interval_seconds ?? INTERVAL_SECONDS,
        doesCriticalWait: body.critical_waits ?? false,
      }
    : null;
}
