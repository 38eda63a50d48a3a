import { DomainError } from '../../common/errors/domain-error';

/** A sender is told so many things that are wrong; more help nobody. */
const MAX_TOLD = 20;

/** A body of alerts or events that cannot be taken as it is; sending it again would change nothing. */
export class InvalidEvent extends DomainError {
  constructor(
    message: string,
    /** Everything that is wrong, where that is more than one thing. */
    readonly faults: readonly string[] = [message],
  ) {
    super('invalid', 'request/invalid', message, {
      errors: faults.slice(0, MAX_TOLD).map((fault) => ({ field: 'body', message: fault })),
    });
  }
}
