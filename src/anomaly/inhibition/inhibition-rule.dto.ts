import { Field, Text } from '../../common/validation/fields';
import { Matchers } from '../matchers.dto';

const MAX_NAME = 100;
const MAX_LABELS = 10;
const MAX_LABEL_LENGTH = 256;

export class InhibitionRuleDto {
  @Text(MAX_NAME, { example: 'Node down' })
  name: string;

  @Matchers('alertname=NodeDown')
  source_matchers: string[];

  @Matchers('tier=app')
  target_matchers: string[];

  @Field(
    (value, field) =>
      Array.isArray(value) &&
      value.length <= MAX_LABELS &&
      new Set(value).size === value.length &&
      value.every((label) => typeof label === 'string' && label !== '' && label.length <= MAX_LABEL_LENGTH)
        ? null
        : `${field} must be a list of at most ${MAX_LABELS} different label names`,
    { type: 'array', items: { type: 'string', maxLength: MAX_LABEL_LENGTH }, maxItems: MAX_LABELS },
    {
      required: false,
      description: 'Labels in which both must have the same value; none where they are left out',
      example: ['node'],
    },
  )
  equal?: string[];
}
