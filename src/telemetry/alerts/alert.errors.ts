import { DomainError } from '../../common/errors/domain-error';

/** A signal that no alert can be made of. */
export class InvalidAlert extends DomainError {
  constructor(message: string) {
    super('invalid', 'alert/invalid', message);
  }
}

export class AlertNotFound extends DomainError {
  constructor(id: number) {
    super('not_found', 'alert/not-found', `Alert with ID ${id} not found`);
  }
}

/** More alerts wait to be stored than may; the sender tries again. */
export class AlertsOverloaded extends DomainError {
  constructor() {
    super('unavailable', 'alert/overloaded', 'More alerts arrive than can be stored; try again', {
      retryAfterSeconds: 2,
    });
  }
}

/** A silence that cannot be, or could never end well. */
export class InvalidSilence extends DomainError {
  constructor(message: string) {
    super('invalid', 'silence/invalid', message);
  }
}

export class SilenceNotFound extends DomainError {
  constructor(id: string) {
    super('not_found', 'silence/not-found', `Silence with ID ${id} not found`);
  }
}
