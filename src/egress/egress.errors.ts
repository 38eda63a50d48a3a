import { DomainError } from '../common/errors/domain-error';

/** A URL that the product will not call, whatever the allow-list says. */
export class InvalidEgressUrl extends DomainError {
  constructor(reason: string) {
    super('invalid', 'egress/invalid-url', `the URL is not accepted: ${reason}`);
  }
}

/** A request with a method or header that the client does not send. */
export class InvalidEgressRequest extends DomainError {
  constructor(message: string) {
    super('invalid', 'egress/invalid-request', message);
  }
}

/** Nobody allowed this target, or it resolves to an address that the rule does not cover. Nothing was sent. */
export class EgressRefused extends DomainError {
  constructor(message: string) {
    super('forbidden', 'egress/not-allowed', message);
  }
}

/** The target was allowed and did not answer usably. */
export class EgressFailed extends DomainError {
  constructor(
    message: string,
    /** False only where it is certain that no byte of the request left: the effect cannot have happened. */
    readonly mayHaveArrived: boolean,
    cause?: unknown,
  ) {
    super('unavailable', 'egress/failed', message, { cause });
  }
}
