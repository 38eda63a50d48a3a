import { createHash } from 'node:crypto';

import { Connection, FieldDef, QueryResultRow, Submittable, types } from 'pg';
import { prepareValue } from 'pg/lib/utils';

/** A statement of fixed text under a name of its own, prepared once a connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

export type Done<Row> = (error: Error | null | undefined, rows?: Row[]) => void;

/** How the rows of a statement are read. */
interface RowShape {
  readonly names: readonly string[];
  readonly parsers: readonly ((text: string) => unknown)[];
  /** A row of nulls: copies of one object share their layout, which keeps what reads them fast. */
  readonly blank: Readonly<Record<string, null>>;
}

/** What of pg's connection a query uses; its own typings leave it out. */
interface WireConnection extends Connection {
  readonly parsedStatements: Readonly<Record<string, string | undefined>>;
  readonly submittedNamedStatements: Record<string, string | undefined>;
}

/** A statement's row shape never changes on a connection: PostgreSQL refuses a prepared statement whose result would. */
const shapes = new WeakMap<Connection, Map<string, RowShape>>();

/**
 * A named statement on its way to PostgreSQL. pg's own query asks for the description of its columns on every execution, and makes rows
 * without a common layout; for rows as wide as ours both cost more than the rest of it. This one asks once a connection.
 *
 * pg knows it by its interface of custom queries (as cursors are): `submit` sends, the handlers take the answer.
 */
export class PreparedQuery<Row extends QueryResultRow> implements Submittable {
  readonly name: string;
  readonly text: string;
  /** Who waits for the rows; where none is given, pg sets what its `query` was given. */
  callback?: Done<Row>;
  private readonly rows: Row[] = [];
  private shape: RowShape | null = null;
  private connection: Connection | null = null;
  private failure: Error | null = null;

  constructor(
    statement: Statement,
    private readonly values: readonly unknown[],
    callback?: Done<Row>,
  ) {
    this.callback = callback;
    this.name = wireName(statement.name);
    this.text = statement.text;
  }

  /** Sends it. Returns an error, as pg wants it, where the name stands for another text or a value cannot be written. */
  submit(connection: Connection): Error | null {
    // One packet instead of one a message.
    connection.stream.cork();
    const fault = this.write(connection);
    if (fault === null) connection.sync();
    connection.stream.uncork();
    return fault;
  }

  /** Writes it without the end of a transaction behind it, so that others may follow. Returns an error as `submit` does. */
  write(connection: Connection): Error | null {
    const wire = connection as WireConnection;
    let values: (string | Buffer | null)[];
    try {
      values = this.values.map((value) => prepareValue(value));
    } catch (error) {
      return error as Error;
    }
    const prepared = wire.parsedStatements[this.name] ?? wire.submittedNamedStatements[this.name];
    if (prepared !== undefined && prepared !== this.text)
      return new Error(`The statement ${this.name} stands for two texts`);
    this.connection = connection;
    this.shape = shapes.get(connection)?.get(this.name) ?? null;
    if (prepared === undefined) {
      wire.parse({ name: this.name, text: this.text, types: [] }, true);
      wire.submittedNamedStatements[this.name] = this.text;
    }
    wire.bind({ portal: '', statement: this.name, values }, true);
    if (this.shape === null) wire.describe({ type: 'P', name: '' }, true);
    wire.execute(null, true);
    return null;
  }

  handleRowDescription({ fields }: { fields: FieldDef[] }): void {
    const names = fields.map(({ name }) => name);
    this.shape = {
      names,
      parsers: fields.map(
        ({ dataTypeID }) => types.getTypeParser(dataTypeID, 'text') as (text: string) => unknown,
      ),
      blank: Object.fromEntries(names.map((name) => [name, null])),
    };
    if (this.connection === null) return;
    const known = shapes.get(this.connection) ?? new Map<string, RowShape>();
    shapes.set(this.connection, known.set(this.name, this.shape));
  }

  handleDataRow({ fields }: { fields: readonly (string | null)[] }): void {
    if (this.shape === null || this.failure !== null) return;
    const { names, parsers, blank } = this.shape;
    const row: Record<string, unknown> = { ...blank };
    try {
      for (let i = 0; i < fields.length; i++) {
        const text = fields[i];
        if (text !== null) row[names[i]] = parsers[i](text);
      }
    } catch (error) {
      this.failure = error as Error;
    }
    this.rows.push(row as Row);
  }

  handleCommandComplete(): void {
    // How many rows a command touched is nobody's question here.
  }

  handleEmptyQuery(): void {
    // An empty statement has no rows.
  }

  handlePortalSuspended(): void {
    // Every execution takes all rows.
  }

  handleCopyInResponse(connection: { sendCopyFail(reason: string): void }): void {
    connection.sendCopyFail('A named statement copies nothing in');
  }

  handleError(error: Error): void {
    this.callback?.(error);
  }

  handleReadyForQuery(): void {
    if (this.failure === null) this.callback?.(null, this.rows);
    else this.callback?.(this.failure);
  }
}

/** PostgreSQL keeps so much of a name: of two that begin alike the second would be refused. */
const LONGEST_NAME = 63;

function wireName(name: string): string {
  return name.length <= LONGEST_NAME
    ? name
    : createHash('sha256').update(name).digest('hex').slice(0, LONGEST_NAME);
}
