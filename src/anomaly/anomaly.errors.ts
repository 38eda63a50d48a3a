import { DomainError } from '../common/errors/domain-error';
import { Status, Verb } from './anomaly-lifecycle';

export class AnomalyNotFound extends DomainError {
  constructor(id: number) {
    super('not_found', 'anomaly/not-found', `Anomaly with ID ${id} not found`);
  }
}

/** A verb that the anomaly's status does not allow. */
export class AnomalyVerbRefused extends DomainError {
  constructor(status: Status, verb: Verb) {
    super('conflict', `anomaly/already-${status}`, `Cannot ${verb} anomaly with status: ${status}`);
  }
}

/** The caller edited a version that is no longer the latest. */
export class AnomalyVersionConflict extends DomainError {
  constructor(id: number, given: number, current: number) {
    super(
      'conflict',
      'anomaly/version-conflict',
      `Anomaly ${id} was changed meanwhile: you have version ${given}, it is at ${current}`,
    );
  }
}

/** A series has one anomaly at most that is open or acknowledged. */
export class SeriesAnomalyActive extends DomainError {
  constructor(id: number) {
    super(
      'conflict',
      'anomaly/series-active',
      `Cannot reopen anomaly ${id}: its series has a newer one that is still active`,
    );
  }
}

/** An alert has one anomaly at most that is open or acknowledged. */
export class AlertAnomalyActive extends DomainError {
  constructor(id: number) {
    super(
      'conflict',
      'anomaly/alert-active',
      `Cannot reopen anomaly ${id}: its alert has a newer one that is still active`,
    );
  }
}
