import { CursorQuery } from '../common/http/pagination';
import { Instant, QueryInteger, Text } from '../common/validation/fields';

const NAME = 200;
/** More in one request would keep a caller waiting; the command has no limit. */
export const MAX_VERIFIED = 100_000;

export class AuditTrailQuery extends CursorQuery {
  @Text(NAME, {
    required: false,
    description: 'Name of the user or API key; `system` for the product itself',
  })
  actor?: string;

  @Text(NAME, {
    required: false,
    description: 'An action, or a beginning with a star: `anomaly.acknowledged`, `anomaly.*`',
  })
  action?: string;

  @Text(NAME, { required: false, description: 'Kind of what was changed: `anomaly`, `user`, `detector`' })
  subject_type?: string;

  @Text(NAME, { required: false, description: 'Id of what was changed' })
  subject_id?: string;

  @Text(NAME, { required: false, description: 'X-Request-Id of the answer that you look into' })
  request_id?: string;

  @Instant({ required: false, description: 'At or after' })
  from?: string;

  @Instant({ required: false, description: 'Before' })
  to?: string;
}

export class AuditVerifyQuery {
  @QueryInteger(1, MAX_VERIFIED, { description: 'The last so many rows; default 10000' })
  last?: number;

  @QueryInteger(1, Number.MAX_SAFE_INTEGER, { description: 'The first of a range instead, by its seq' })
  from_seq?: number;

  @QueryInteger(1, Number.MAX_SAFE_INTEGER, {
    description: `The last of that range; at most ${MAX_VERIFIED} rows in all, which is also the default`,
  })
  to_seq?: number;
}
