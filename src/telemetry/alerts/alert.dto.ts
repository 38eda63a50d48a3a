import { CursorQuery } from '../../common/http/pagination';
import { OneOf, Text } from '../../common/validation/fields';
import { ALERT_STATUSES, type AlertStatus } from './alert-lifecycle';

export class ListAlertsQuery extends CursorQuery {
  @OneOf(ALERT_STATUSES, { required: false })
  status?: AlertStatus;

  @Text(2_000, {
    required: false,
    description: 'Labels that must be there, as name:value pairs',
    example: 'severity:critical,service:checkout',
  })
  labels?: string;

  @Text(200, { required: false, description: "Part of the alert's name, in any case" })
  search?: string;
}
