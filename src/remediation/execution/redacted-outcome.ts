import type { StepOutcome } from './executor.port';
import type { JsonValue } from './json';
import type { SealedSecrets } from './sealed-secrets';

/**
 * An outcome without our own secrets, should the target have repeated one. Last of all steps: what was taken out of a text before, to
 * make it plain, may have stood in the middle of a secret.
 */
export function withoutSecrets(outcome: StepOutcome, secrets: SealedSecrets): StepOutcome {
  const redacted = (value: JsonValue): JsonValue => {
    if (typeof value === 'string') return secrets.redact(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(redacted);
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, redacted(member)]));
  };
  return redacted(outcome) as unknown as StepOutcome;
}
