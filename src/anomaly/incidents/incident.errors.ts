import { DomainError } from '../../common/errors/domain-error';
import type { IncidentStatus, IncidentVerb } from './incident-lifecycle';

export class IncidentNotFound extends DomainError {
  constructor(id: number) {
    super('not_found', 'incident/not-found', `Incident with ID ${id} not found`);
  }
}

/** A verb that the incident's status does not allow. */
export class IncidentVerbRefused extends DomainError {
  constructor(status: IncidentStatus, verb: IncidentVerb) {
    super('conflict', `incident/already-${status}`, `Cannot ${verb} incident with status: ${status}`);
  }
}
