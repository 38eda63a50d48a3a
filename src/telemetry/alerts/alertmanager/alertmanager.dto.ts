import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

import { Field, FieldRule, Instant, Text } from '../../../common/validation/fields';

const MAX_FILTERS = 30;

const readFlag = (value: unknown): unknown => (value === 'true' ? true : value === 'false' ? false : value);
const flagRule: FieldRule = (value, field) =>
  typeof value === 'boolean' ? null : `${field} must be true or false`;
const Flag = (description: string): PropertyDecorator =>
  Field(flagRule, { type: Boolean, default: true, description }, { required: false, read: readFlag });

/** A parameter that may stand several times. */
const readList = (value: unknown): unknown => (typeof value === 'string' ? [value] : value);
const filterRule: FieldRule = (value, field) =>
  Array.isArray(value) && value.length <= MAX_FILTERS && value.every((one) => typeof one === 'string')
    ? null
    : `${field} must be at most ${MAX_FILTERS} matchers`;
const Filter = (): PropertyDecorator =>
  Field(
    filterRule,
    {
      type: [String],
      maxItems: MAX_FILTERS,
      description: 'Matchers: name="v", !=, =~ or !~; all must hold',
      example: ['alertname="HighCPU"'],
    },
    { required: false, read: readList },
  );

export class AlertsQuery {
  @Flag('With alerts that nothing keeps quiet')
  active?: boolean;

  @Flag('With alerts that a silence keeps quiet')
  silenced?: boolean;

  @Flag('With alerts that another alert keeps quiet; there are none here')
  inhibited?: boolean;

  @Flag('With alerts that are not yet processed; there are none here')
  unprocessed?: boolean;

  @Filter()
  filter?: string[];

  @Text(256, { required: false, description: 'A pattern that the name of the receiver must match' })
  receiver?: string;
}

export class SilencesQuery {
  @Filter()
  filter?: string[];

  @Flag('With those in force')
  active?: boolean;

  @Flag('With those that have ended in the last five days')
  expired?: boolean;

  @Flag('With those to come')
  pending?: boolean;
}

export class MatcherDto {
  @ApiProperty({ example: 'alertname' }) name: string;
  @ApiProperty({ example: 'HighCPU' }) value: string;
  @ApiProperty({ example: false }) isRegex: boolean;
  @ApiPropertyOptional({ default: true, description: 'False where the label must be another' })
  isEqual?: boolean;
}

const matchersRule: FieldRule = (value, field) =>
  Array.isArray(value) && value.length > 0 && value.every(isMatcher)
    ? null
    : `${field} must be a list of {name, value, isRegex, isEqual?}`;

function isMatcher(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { name, value: text, isRegex, isEqual = true } = value as Record<string, unknown>;
  return (
    typeof name === 'string' &&
    typeof text === 'string' &&
    typeof isRegex === 'boolean' &&
    typeof isEqual === 'boolean'
  );
}

export class PostSilenceDto {
  @Field(matchersRule, { type: [MatcherDto], minItems: 1, description: 'All must hold' })
  matchers: MatcherDto[];

  @Instant({ example: '2026-01-31T10:00:00Z' })
  startsAt: string;

  @Instant({ example: '2126-01-31T12:00:00Z' })
  endsAt: string;

  @Text(256, { example: 'jane' })
  createdBy: string;

  @Text(8_192, { example: 'Planned work on the database' })
  comment: string;

  @Text(64, { required: false, description: 'The silence to change; another may take its place' })
  id?: string;
}
