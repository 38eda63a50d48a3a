import { DomainError } from '../../common/errors/domain-error';

/** A metric name or label set that no series can have. */
export class InvalidLabels extends DomainError {
  constructor(message: string) {
    super('invalid', 'telemetry/invalid-labels', message);
  }
}

/** A label matcher, or a selector of them, that cannot be read or would cost too much. */
export class InvalidMatcher extends DomainError {
  constructor(message: string) {
    super('invalid', 'telemetry/invalid-matcher', message);
  }
}

/** A query that would read or answer more than one query may. */
export class QueryTooWide extends DomainError {
  constructor(message: string) {
    super('invalid', 'telemetry/query-too-wide', message);
  }
}

/** A timestamp that cannot be read, or that lies outside the years we keep. */
export class InvalidSampleTime extends DomainError {
  constructor(message: string) {
    super('invalid', 'telemetry/invalid-time', message);
  }
}

/** A CSV import that stops at `line`. */
export class InvalidCsv extends DomainError {
  constructor(
    readonly line: number,
    message: string,
  ) {
    super('invalid', 'telemetry/invalid-csv', `line ${line}: ${message}`);
  }
}

/** An exposition page that stops at `line`. */
export class InvalidExposition extends DomainError {
  constructor(
    readonly line: number,
    message: string,
  ) {
    super('invalid', 'telemetry/invalid-exposition', `line ${line}: ${message}`);
  }
}

/** An exposition page with more text or more samples than one scrape may bring. */
export class ExpositionTooLarge extends DomainError {
  constructor(message: string) {
    super('too_large', 'telemetry/exposition-too-large', message);
  }
}

/** Stored samples whose bytes are not what we wrote: a damaged row, or one of a newer version. */
export class CorruptSamples extends DomainError {
  constructor(message: string) {
    super('internal', 'telemetry/corrupt-samples', message);
  }
}

/** What is to be recorded of a group of series that another process holds by now. */
export class GroupLost extends DomainError {
  constructor(reader: string) {
    super('conflict', 'telemetry/group-lost', `another process holds a group of series of ${reader} by now`);
  }
}
