import { PageQuery } from '../../common/http/pagination';
import { OneOf, Text } from '../../common/validation/fields';
import { SEVERITIES, type Severity } from '../severity';
import { INCIDENT_STATUSES, type IncidentStatus } from './incident-lifecycle';

export class ListIncidentsQuery extends PageQuery {
  @OneOf(INCIDENT_STATUSES, { required: false })
  status?: IncidentStatus;

  @OneOf(SEVERITIES, { required: false })
  severity?: Severity;

  @Text(200, { required: false, description: 'Part of the title, in any case' })
  search?: string;
}
