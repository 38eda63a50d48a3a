import { DomainError } from '../../common/errors/domain-error';

export class EndpointNotFound extends DomainError {
  constructor(id: number) {
    super('not_found', 'notification/endpoint-not-found', `Notification endpoint with ID ${id} not found`);
  }
}

export class EndpointNameTaken extends DomainError {
  constructor(name: string) {
    super(
      'conflict',
      'notification/endpoint-name-taken',
      `There is a notification endpoint ${JSON.stringify(name)} already`,
    );
  }
}

/** Somebody else changed it since the caller read it. */
export class EndpointChanged extends DomainError {
  constructor(id: number, version: number) {
    super(
      'conflict',
      'notification/endpoint-changed',
      `Notification endpoint ${id} has changed since; it is at version ${version}`,
    );
  }
}

/** What is off is sent nothing. */
export class EndpointOff extends DomainError {
  constructor(id: number) {
    super(
      'conflict',
      'notification/endpoint-off',
      `Notification endpoint ${id} is switched off; switch it on with is_enabled first`,
    );
  }
}

/** An endpoint that could not be told as it is stated. */
export class InvalidEndpoint extends DomainError {
  constructor(message: string) {
    super('invalid', 'notification/invalid-endpoint', message);
  }
}

/** Nobody has said which server mails are handed to. */
export class MailNotConfigured extends DomainError {
  constructor() {
    super(
      'conflict',
      'notification/mail-not-configured',
      'No mail can be sent: the operator has to set SMTP_HOST and SMTP_FROM first',
    );
  }
}
