import { DomainError } from '../../common/errors/domain-error';

/** A body of alerts or events that cannot be taken as it is; sending it again would change nothing. */
export class InvalidEvent extends DomainError {
  constructor(
    message: string,
    /** Everything that is wrong, where that is more than one thing. */
    readonly faults: readonly string[] = [message],
  ) {
    super('invalid', 'events/invalid', message);
  }
}
