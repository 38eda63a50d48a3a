import type { ApiPropertyOptions } from '@nestjs/swagger';

import { Field } from '../../common/validation/fields';
import { STEP_FUNCTIONS } from '../../telemetry/telemetry.types';
import { DEFAULTS, LIMITS, readVerification } from './verification-request';
import { COMBINATIONS, COMPARISONS, ROLL_BACK_FROM, type VerificationTerms } from './verification-terms';

/** As OpenAPI shows it. */
export const VERIFICATION_SCHEMA: ApiPropertyOptions & { type: 'object' } = {
  type: 'object',
  required: ['op', 'threshold'],
  properties: {
    series: {
      type: 'string',
      maxLength: LIMITS.selectorLength,
      description:
        'What is measured, as Prometheus writes it; the series of the anomaly where neither this nor query is there',
    },
    query: {
      type: 'object',
      required: ['selector'],
      properties: {
        selector: { type: 'string', maxLength: LIMITS.selectorLength },
        function: { type: 'string', enum: [...STEP_FUNCTIONS], default: 'mean' },
        step_seconds: { type: 'integer', minimum: 1, maximum: LIMITS.stepSeconds },
        across: { type: 'string', enum: [...COMBINATIONS] },
      },
    },
    same_labels: {
      type: 'array',
      items: { type: 'string' },
      maxItems: LIMITS.sameLabels,
      description: 'Labels that what is measured has in common with the anomaly',
    },
    op: { type: 'string', enum: [...COMPARISONS] },
    threshold: { type: 'number' },
    for: { type: 'integer', minimum: 0, maximum: LIMITS.forSeconds, default: DEFAULTS.forSeconds },
    timeout: {
      type: 'integer',
      minimum: 1,
      maximum: LIMITS.timeoutSeconds,
      default: DEFAULTS.timeoutSeconds,
    },
    roll_back: { type: 'string', enum: [...ROLL_BACK_FROM], default: DEFAULTS.rollBack },
  },
  example: {
    series: 'http_latency_seconds{quantile="0.95"}',
    same_labels: ['service'],
    op: '<',
    threshold: 0.3,
    for: 60,
    timeout: 600,
  },
};

/** A member of a body that declares what shows whether an action has helped. */
export function Verify(): PropertyDecorator {
  return Field(
    (value, field) => {
      const reading = readVerification(value, field);
      return 'problem' in reading ? reading.problem : null;
    },
    VERIFICATION_SCHEMA,
    {
      required: false,
      description:
        'What shows whether it has helped, and from which outcome on it is taken back; where it is left out, the catalogue says, or the anomaly by its end. Seconds',
    },
  );
}

/** The terms in a body that was checked; null where it declares none. */
export function verificationTermsOf(verify: object | null | undefined): VerificationTerms | null {
  if (verify === null || verify === undefined) return null;
  const reading = readVerification(verify, 'verify');
  if ('problem' in reading) throw new Error(reading.problem);
  return reading.terms;
}
