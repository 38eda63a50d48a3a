import { PageQuery } from '../../common/http/pagination';
import { Text } from '../../common/validation/fields';

const MAX_LENGTH = 2_100;
const CLASS = { example: 'metric:rss_bytes:high', description: 'The kind of trouble' };

export class RankingsQuery {
  @Text(MAX_LENGTH, CLASS)
  anomaly_class: string;

  @Text(MAX_LENGTH, {
    required: false,
    description: 'The group of the target, or its name where it is of none; all where it is left out',
  })
  target_group?: string;
}

export class EffectivenessQuery extends PageQuery {
  @Text(MAX_LENGTH, { ...CLASS, required: false })
  anomaly_class?: string;

  @Text(MAX_LENGTH, {
    required: false,
    example: 'restart_service',
    description: '`runbook:` and its id, or the action type',
  })
  remedy?: string;
}
