import { Text } from '../../common/validation/fields';

const MAX_LENGTH = 2_100;

export class RankingsQuery {
  @Text(MAX_LENGTH, {
    required: false,
    example: 'metric:rss_bytes:high',
    description: 'The kind of trouble; where it is left out, one that was never seen before',
  })
  anomaly_class?: string;

  @Text(MAX_LENGTH, {
    required: false,
    description: 'The group of the target, or its name where it is of none; all where it is left out',
  })
  target_group?: string;
}
