import { Field } from '../common/validation/fields';

const MAX_MATCHERS = 30;
const MAX_MATCHER_LENGTH = 2_500;

/** Label conditions as Alertmanager writes them, one a text. */
export function Matchers(example: string): PropertyDecorator {
  return Field(
    (value, field) =>
      Array.isArray(value) &&
      value.length > 0 &&
      value.length <= MAX_MATCHERS &&
      value.every((text) => typeof text === 'string' && text !== '' && text.length <= MAX_MATCHER_LENGTH)
        ? null
        : `${field} must be a list of 1 to ${MAX_MATCHERS} matchers such as service="checkout"`,
    {
      type: 'array',
      items: { type: 'string', maxLength: MAX_MATCHER_LENGTH },
      minItems: 1,
      maxItems: MAX_MATCHERS,
    },
    { description: 'All must hold; as Alertmanager writes them', example: [example] },
  );
}
