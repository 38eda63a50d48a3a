import { PageQuery } from '../../common/http/pagination';
import { Text } from '../../common/validation/fields';

/** A metric's or an alert's name, with what stands before and after it. */
const MAX_CLASS = 2_100;

export class EffectivenessQuery extends PageQuery {
  @Text(MAX_CLASS, {
    required: false,
    description: 'The kind of trouble; an unknown one matches nothing',
    example: 'metric:rss_bytes:high',
  })
  anomaly_class?: string;

  @Text(100, {
    required: false,
    description: '`runbook:` and its id, or the action type; an unknown one matches nothing',
    example: 'restart_service',
  })
  remedy?: string;
}
