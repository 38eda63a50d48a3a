import { PageQuery } from '../../common/http/pagination';
import { Field, Flag, Integer, JsonObject, OneOf, Text } from '../../common/validation/fields';
import type { JsonObject as Json } from '../execution/json';
import type { TargetStatement } from './target.repository';
import { TARGET_KINDS, type TargetKind } from './target-kind';

const MAX_LABELS = 30;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]{0,255}$/;
const MAX_LABEL_VALUE = 2_048;
const DAY_SECONDS = 86_400;

/** Labels as anomalies have them. */
function Labels(): PropertyDecorator {
  return Field(
    (value, field) =>
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      Object.keys(value).length <= MAX_LABELS &&
      Object.entries(value).every(
        ([name, text]) => LABEL_NAME.test(name) && typeof text === 'string' && text.length <= MAX_LABEL_VALUE,
      )
        ? null
        : `${field} must be an object of at most ${MAX_LABELS} labels`,
    { type: 'object', additionalProperties: { type: 'string' } },
    {
      required: false,
      description: 'An anomaly that has all of them is one of this target’s; without any it is for none',
      example: { service: 'checkout' },
    },
  );
}

/** What is stated of a target, whether it is new or not. */
class TargetFields {
  @Text(80, { example: 'checkout in production' })
  name: string;

  @JsonObject({
    description: 'As its kind reads them; unknown members are refused',
    example: { url: 'https://ops.example/remediate' },
  })
  settings: Json;

  @Text(500, { required: false })
  description?: string;

  @Flag({ required: false, description: 'Default true' })
  is_enabled?: boolean;

  @Labels()
  labels?: Record<string, string>;

  @Text(80, { required: false, description: 'Which others it belongs to, for policies' })
  group?: string;

  @Flag({ required: false, description: 'Nothing is ever done to a protected target; default false' })
  is_protected?: boolean;

  @Integer(0, DAY_SECONDS, {
    required: false,
    description: 'In the place of the cooldown that holds for all',
  })
  cooldown_seconds?: number;

  @Integer(0, 1_000, {
    required: false,
    description: 'In the place of the actions an hour that hold for all',
  })
  hourly_budget?: number;

  @JsonObject({
    required: false,
    description:
      'Credentials by name, never shown again: signing_secret, next_signing_secret and authorization of a webhook; token, ' +
      'client_certificate and client_key of a cluster; access_key_id, secret_access_key and session_token of AWS. Null takes one away',
    example: { signing_secret: 'whsec_…' },
  })
  secrets?: Record<string, unknown>;
}

export class CreateTargetDto extends TargetFields {
  @OneOf(TARGET_KINDS)
  kind: TargetKind;
}

export class ReplaceTargetDto extends TargetFields {
  @Integer(1, 2_147_483_647, {
    description: 'The one that was read; refused where the target has changed since',
  })
  version: number;
}

export class ListTargetsQuery extends PageQuery {
  @Text(20, { required: false, description: TARGET_KINDS.join(', ') })
  kind?: string;
}

/** What a body states; what it leaves out is stated as its default. */
export function statementOf(body: TargetFields): TargetStatement {
  return {
    name: body.name,
    settings: body.settings,
    description: body.description ?? null,
    isEnabled: body.is_enabled ?? true,
    labels: body.labels ?? {},
    group: body.group ?? null,
    isProtected: body.is_protected ?? false,
    cooldownSeconds: body.cooldown_seconds ?? null,
    hourlyBudget: body.hourly_budget ?? null,
  };
}
