import { CursorQuery } from '../common/http/pagination';
import { OptionalBody } from '../common/http/validation.pipe';
import {
  Field,
  IdList,
  Instant,
  Integer,
  JsonObject,
  OneOf,
  QueryInteger,
  Text,
  UnitInterval,
} from '../common/validation/fields';
import { SORT_KEYS, type SortKey } from './anomaly.types';
import { type Status, STATUSES } from './anomaly-lifecycle';
import { SEVERITIES, type Severity } from './severity';

const TITLE = 200;
const DESCRIPTION = 10_000;
const SOURCE = 100;
const BATCH = 1_000;

/** Required fields first, in the contract's order; then the rest. */
export class CreateAnomalyDto {
  @Text(TITLE, { example: 'High CPU usage detected' })
  title: string;

  @Text(DESCRIPTION, { example: 'CPU usage of web-1 has exceeded its usual band for five minutes' })
  description: string;

  @OneOf(SEVERITIES, { example: 'high' })
  severity: Severity;

  @UnitInterval({ example: 0.95 })
  anomaly_score: number;

  @UnitInterval({ example: 0.87 })
  confidence: number;

  @OneOf(STATUSES, { required: false, description: 'Default open' })
  status?: Status;

  @Text(SOURCE, { required: false, description: 'Default manual; any text is kept', example: 'manual' })
  source?: string;

  @Text(DESCRIPTION, { required: false })
  explanation?: string;

  @JsonObject({
    required: false,
    description: 'What was measured, stored as sent',
    example: { cpu_usage: 97.2 },
  })
  metrics_data?: object;
}

export class UpdateAnomalyDto {
  @Text(TITLE, { required: false, example: 'High CPU usage on web-1' })
  title?: string;

  @Text(DESCRIPTION, { required: false })
  description?: string;

  @OneOf(SEVERITIES, { required: false })
  severity?: Severity;

  @OneOf(STATUSES, { required: false, description: 'Checked by the lifecycle, as the verbs are' })
  status?: Status;

  @Text(DESCRIPTION, { required: false, example: 'A deployment doubled the worker count' })
  explanation?: string;

  @UnitInterval({ required: false })
  anomaly_score?: number;

  @UnitInterval({ required: false })
  confidence?: number;

  @Integer(1, 2_147_483_647, {
    required: false,
    description: 'The version you read; 409 when it is no longer the latest (If-Match says the same)',
  })
  version?: number;
}

@OptionalBody()
export class VerbDto {
  @Integer(1, 2_147_483_647, {
    required: false,
    description: 'The version you read; 409 when it is no longer the latest',
  })
  version?: number;
}

@OptionalBody()
export class ResolveDto extends VerbDto {
  @Text(DESCRIPTION, { required: false, example: 'Restarted the worker' })
  resolution?: string;

  @Text(DESCRIPTION, { required: false, description: 'Alias of resolution' })
  resolution_notes?: string;

  @Text(DESCRIPTION, { required: false, example: 'Connection leak in the payment client' })
  root_cause?: string;
}

function batchRule(value: unknown): string | null {
  if (!Array.isArray(value)) return 'Anomalies must be a list';
  if (value.length === 0) return 'No anomalies provided';
  return value.length > BATCH ? `At most ${BATCH} anomalies in a batch` : null;
}

export class BatchDto {
  @Field(
    batchRule,
    { type: [CreateAnomalyDto], maxItems: BATCH, description: 'All are created, or none' },
    { requiredMessage: 'No anomalies provided' },
  )
  anomalies: object[];
}

export class BulkAcknowledgeDto {
  @IdList(BATCH, { example: [1, 2, 3] })
  ids: number[];
}

export class CommentDto {
  @Text(DESCRIPTION, { example: 'Looking into it' })
  body: string;
}

export class AnomalyFilterQuery extends CursorQuery {
  @Text(20, {
    required: false,
    description: 'open, acknowledged, resolved or dismissed; an unknown value matches nothing',
  })
  status?: string;

  @Text(20, {
    required: false,
    description: 'low, medium, high or critical; an unknown value matches nothing',
  })
  severity?: string;

  @Text(SOURCE, { required: false })
  source?: string;

  @QueryInteger(1, Number.MAX_SAFE_INTEGER, { description: 'Only anomalies of this series' })
  series_id?: number;

  @QueryInteger(1, Number.MAX_SAFE_INTEGER, { description: 'Only members of this incident' })
  incident_id?: number;

  @Instant({ required: false, description: 'Created at or after' })
  from?: string;

  @Instant({ required: false, description: 'Created before' })
  to?: string;

  @Text(200, { required: false, description: 'Part of the title or the description, in any case' })
  search?: string;
}

export class ListAnomaliesQuery extends AnomalyFilterQuery {
  @OneOf(SORT_KEYS, { required: false, description: 'Default created_at' })
  sort?: SortKey;

  @OneOf(['asc', 'desc'], { required: false, description: 'Default desc' })
  order?: 'asc' | 'desc';
}

export class ReportQuery {
  @Instant({ required: false, description: 'Default 30 days ago' })
  from?: string;

  @Instant({ required: false, description: 'Default now' })
  to?: string;

  @OneOf(['json', 'csv'], { required: false, description: 'Default json' })
  format?: 'json' | 'csv';
}

export class ExportQuery extends AnomalyFilterQuery {
  @OneOf(['json', 'csv'], { required: false, description: 'Default csv' })
  format?: 'json' | 'csv';

  @QueryInteger(1, 3_650, { description: 'Created within so many days; from and to win' })
  days?: number;
}
