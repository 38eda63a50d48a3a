import { Flag, Integer, JsonObject, OneOf, Text } from '../../common/validation/fields';
import { DEFAULT_EVENTS_PER_5_MINUTES } from './event-sender';
import { type IntegrationKind, KIND_NAMES } from './integration-kind';

const SECRET = {
  required: false,
  description: 'What Grafana signs with (HMAC); never shown again, and taken away by an empty one',
};
const MAPPING = {
  required: false,
  description: 'Where the parts of an alert stand in the JSON of cloudevents and json, as JSON pointers',
};
const BUDGET = {
  required: false,
  description: `Posts in five minutes, a batch as one; default ${DEFAULT_EVENTS_PER_5_MINUTES}`,
};
const MAX_BUDGET = 1_000_000;

export class AddIntegrationDto {
  @Text(80, { example: 'grafana of the shop' })
  name: string;

  @OneOf(KIND_NAMES)
  kind: IntegrationKind;

  @Text(200, { ...SECRET, format: 'password' })
  hmac_secret?: string;

  @JsonObject(MAPPING)
  mapping?: Record<string, unknown>;

  @Integer(1, MAX_BUDGET, BUDGET)
  events_per_5_minutes?: number;
}

export class ChangeIntegrationDto {
  @Text(80, { required: false })
  name?: string;

  @Flag({ required: false })
  is_enabled?: boolean;

  @Text(200, { ...SECRET, format: 'password' })
  hmac_secret?: string;

  @JsonObject(MAPPING)
  mapping?: Record<string, unknown>;

  @Integer(1, MAX_BUDGET, BUDGET)
  events_per_5_minutes?: number;
}
