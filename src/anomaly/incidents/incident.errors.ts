import { DomainError } from '../../common/errors/domain-error';
import type { IncidentStatus, IncidentVerb } from './incident-lifecycle';

export class IncidentNotFound extends DomainError {
  constructor(id: number) {
    super('not_found', 'incident/not-found', `Incident with ID ${id} not found`);
  }
}

/** What people do to an incident that is part of another now, they do to that one. */
export class IncidentMerged extends DomainError {
  constructor(id: number, intoId: number) {
    super('conflict', 'incident/merged', `Incident ${id} was merged into incident ${intoId}`);
  }
}

/** A verb that the incident's status does not allow. */
export class IncidentVerbRefused extends DomainError {
  constructor(status: IncidentStatus, verb: IncidentVerb) {
    super('conflict', `incident/already-${status}`, `Cannot ${verb} incident with status: ${status}`);
  }
}
