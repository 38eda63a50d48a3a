import { Connection, DatabaseError, FieldDef, QueryResultRow, Submittable } from 'pg';

import { PreparedQuery } from './prepared-query';

/**
 * Reads of several requests on one connection: one packet there, one transaction, mostly one packet back. The system calls of a read by
 * key cost more than all else about it, on both sides.
 *
 * Each read has its answer as soon as it is complete, and fails by itself: what stood behind one that PostgreSQL refused, and was skipped
 * with it, is told by `left`.
 */
export class PreparedBatch implements Submittable {
  /** Set by pg. */
  callback?: (error: Error | null | undefined) => void;
  private unanswered: PreparedQuery<QueryResultRow>[];

  constructor(queries: readonly PreparedQuery<QueryResultRow>[]) {
    this.unanswered = [...queries];
  }

  /** pg notes by name and text what a connection has prepared; what it hears of belongs to the read that is being answered. */
  get name(): string | undefined {
    return this.current?.name;
  }

  get text(): string | undefined {
    return this.current?.text;
  }

  /** The reads that had no answer when the batch ended. */
  get left(): readonly PreparedQuery<QueryResultRow>[] {
    return this.unanswered;
  }

  submit(connection: Connection): null {
    connection.stream.cork();
    this.unanswered = this.unanswered.filter((query) => {
      const fault = query.write(connection);
      if (fault !== null) query.handleError(fault);
      return fault === null;
    });
    connection.sync();
    connection.stream.uncork();
    return null;
  }

  handleRowDescription(message: { fields: FieldDef[] }): void {
    this.current?.handleRowDescription(message);
  }

  handleDataRow(message: { fields: readonly (string | null)[] }): void {
    this.current?.handleDataRow(message);
  }

  handleCommandComplete(): void {
    this.unanswered.shift()?.handleReadyForQuery();
  }

  /** Of PostgreSQL: the read that is being answered failed. Any other: the connection is gone, and all that is left with it. */
  handleError(error: Error): void {
    if (error instanceof DatabaseError) this.unanswered.shift()?.handleError(error);
    // The pool drops the connection, and with it what was noted as prepared and then skipped.
    this.callback?.(error);
  }

  handleReadyForQuery(): void {
    this.callback?.(null);
  }

  private get current(): PreparedQuery<QueryResultRow> | undefined {
    return this.unanswered[0];
  }
}
