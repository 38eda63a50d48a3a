import { DomainError } from '../../common/errors/domain-error';

/** A body whose bytes or members are not those of the protocol it was sent as. */
export class InvalidWireBody extends DomainError {
  constructor(message: string) {
    super('invalid', 'telemetry/invalid-body', message);
  }
}

/** A body that holds, or declares, more than one request may bring. */
export class WireBodyTooLarge extends DomainError {
  constructor(message: string) {
    super('too_large', 'telemetry/body-too-large', message);
  }
}

/** Samples that were left out of a request whose others are stored. */
export class RefusedSamples extends DomainError {
  constructor({ count, reasons }: { readonly count: number; readonly reasons: readonly string[] }) {
    super('invalid', 'telemetry/refused-samples', `${count} samples are refused: ${reasons.join('; ')}`);
  }
}

/** A media type or an encoding that the route does not read. */
export class UnsupportedWireFormat extends DomainError {
  constructor(message: string) {
    super('unsupported', 'telemetry/unsupported-format', message);
  }
}
