import { Field } from '../../common/validation/fields';

const MOST = 50;
const MAX_NAME = 100;

/** A list of groups of targets that may be left out. */
export function TargetGroups(description: string): PropertyDecorator {
  return Field(
    (value, field) =>
      Array.isArray(value) &&
      value.length <= MOST &&
      value.every((group) => typeof group === 'string' && group !== '' && group.length <= MAX_NAME)
        ? null
        : `${field} must be a list of at most ${MOST} groups of targets`,
    { type: 'array', items: { type: 'string', maxLength: MAX_NAME }, maxItems: MOST },
    { required: false, description },
  );
}
