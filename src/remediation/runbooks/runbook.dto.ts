import { PageQuery } from '../../common/http/pagination';
import { Integer, JsonObject, OneOf, QueryInteger, Text } from '../../common/validation/fields';
import { MAX_SOURCE_BYTES } from './runbook-source';

const MAX_VERSION = 2_147_483_647;

export const RUNBOOK_STATES = ['active', 'retired'] as const;

const EXAMPLE = {
  name: 'Scale up, then look closer',
  description: 'For a service that is short of CPU',
  parameters: { by: { type: 'integer', min: 1, max: 5, default: 1 } },
  steps: [
    { name: 'More instances', action: 'scale_up', parameters: { by: '{{ parameters.by }}' } },
    {
      name: 'Look closer',
      action: 'enhance_monitoring',
      parameters: { duration_minutes: 30, note: 'anomaly {{ anomaly.id }}' },
      on_failure: 'continue',
    },
  ],
};

export class RunbookDto {
  @JsonObject({
    required: false,
    description: 'The runbook as an object; this or source',
    example: EXAMPLE,
  })
  definition?: object;

  @Text(MAX_SOURCE_BYTES, {
    required: false,
    description: 'The runbook as YAML 1.2 text; this or definition',
  })
  source?: string;
}

export class ChangeRunbookDto extends RunbookDto {
  @Integer(1, MAX_VERSION, {
    required: false,
    description: 'The version you read; with it a change that somebody made meanwhile is not overwritten',
  })
  version?: number;
}

export class ListRunbooksQuery extends PageQuery {
  @OneOf(RUNBOOK_STATES, { required: false })
  status?: (typeof RUNBOOK_STATES)[number];

  @Text(100, { required: false, description: 'Part of the name, in any case' })
  search?: string;
}

export class RetireRunbookQuery {
  @QueryInteger(1, MAX_VERSION, { description: 'The version you read' })
  version?: number;
}
