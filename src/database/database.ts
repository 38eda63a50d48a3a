import { AsyncLocalStorage } from 'node:async_hooks';

import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool, PoolClient, QueryResultRow } from 'pg';
import { DataSource, EntityManager, ObjectLiteral, Repository } from 'typeorm';

import { isLostConflict } from './lost-conflict';
import { PreparedBatch } from './prepared-batch';
import { Done, PreparedQuery, Statement } from './prepared-query';
import { ReadQueue } from './read-queue';

/** The pool and its clients, as they take custom queries. */
interface CustomExecutor<Row extends QueryResultRow> {
  query(query: PreparedQuery<Row> | PreparedBatch, values: undefined, done: Done<Row>): void;
}

interface Transaction {
  readonly manager: EntityManager;
  readonly client: PoolClient;
  readonly afterCommit: (() => void)[];
  readonly end: { isReached: boolean };
  /** Where each `run` inside is a part that can fail by itself: the one after which the next may begin. */
  readonly parts: { last: Promise<unknown> } | null;
}

/** How often a transaction that others have crossed is begun: each time it waits for them, so that they go on. */
const ATTEMPTS = 5;

/**
 * The one door to Postgres: transactions that nest by joining, TypeORM repositories and named statements on the same
 * connection. A repository asks for `bind(rows)`, a service wraps its story in `run`.
 */
@Injectable()
export class Database {
  private readonly transactions = new AsyncLocalStorage<Transaction | undefined>();
  private readonly reads = new ReadQueue((batch, done) =>
    (this.pool as CustomExecutor<QueryResultRow>).query(batch, undefined, done),
  );
  private repeated = 0;

  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /**
   * Runs work in one transaction, or in the one that is already open; any error rolls all of it back. Where Postgres chose it to end a
   * deadlock, it is run again: so work reads what it needs itself, and outside of the database it changes nothing.
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    return this.repeat(() => this.runOnce(work));
  }

  /** The same for work that cannot be run again, such as reading a request's body: a lost conflict is an error. */
  async runOnce<T>(work: () => Promise<T>): Promise<T> {
    const open = this.open;
    if (open === undefined) return this.transact(null, work);
    return open.parts === null ? work() : this.runPart(open, open.parts, work);
  }

  /**
   * Runs foreign work in one transaction without changing what it means: each `run` inside still succeeds or fails by
   * itself, and what one wrote stays although the next fails. Nothing of it holds before the whole has committed; an
   * error that leaves the work rolls back everything.
   */
  async enclose<T>(work: () => Promise<T>): Promise<T> {
    if (this.open !== undefined) throw new Error('What encloses others is not inside a transaction itself');
    return this.transact({ last: Promise.resolve() }, work);
  }

  /** Runs work outside of the open transaction, on a connection of its own: for what must stay when that one rolls back. */
  apart<T>(work: () => Promise<T>): Promise<T> {
    return this.transactions.run(undefined, work);
  }

  /** Whoever joins a transaction leaves it to that one's begin: its rows are locked for good until then. */
  private async repeat<T>(attempt: () => Promise<T>): Promise<T> {
    if (this.open !== undefined && this.open.parts === null) return attempt();
    for (let attempts = 1; ; attempts += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (attempts === ATTEMPTS || !isLostConflict(error)) throw error;
        this.repeated += 1;
      }
    }
  }

  private async transact<T>(parts: Transaction['parts'], work: () => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    const afterCommit: (() => void)[] = [];
    const end = { isReached: false };
    let result: T;
    try {
      const client = (await runner.connect()) as PoolClient;
      await runner.startTransaction();
      const transaction = { manager: runner.manager, client, afterCommit, end, parts };
      result = await this.transactions.run(transaction, work);
      await runner.commitTransaction();
    } catch (error) {
      // Where the connection itself is gone, rolling back fails as well, and says less than the first error.
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    } finally {
      end.isReached = true;
      await runner.release().catch(() => undefined);
    }
    for (const notify of afterCommit) notify();
    return result;
  }

  /** One part after the other: they share a connection, and savepoints nest. */
  private runPart<T>(
    whole: Transaction,
    parts: NonNullable<Transaction['parts']>,
    work: () => Promise<T>,
  ): Promise<T> {
    const part = parts.last.then(() => this.underSavepoint(whole, work));
    parts.last = part.catch(() => undefined);
    return part;
  }

  private async underSavepoint<T>(whole: Transaction, work: () => Promise<T>): Promise<T> {
    const { client, afterCommit } = whole;
    const notifications = afterCommit.length;
    await client.query('SAVEPOINT part');
    try {
      const result = await this.transactions.run({ ...whole, parts: null }, work);
      await client.query('RELEASE SAVEPOINT part');
      return result;
    } catch (error) {
      afterCommit.length = notifications;
      await client.query('ROLLBACK TO SAVEPOINT part');
      throw error;
    }
  }

  /** Calls back once the open transaction has committed (at once where there is none): for wake-ups, never for writes. */
  afterCommit(notify: () => void): void {
    const transaction = this.open;
    if (transaction === undefined) notify();
    else transaction.afterCommit.push(notify);
  }

  /** Whether a transaction is open here. */
  get inTransaction(): boolean {
    return this.open !== undefined;
  }

  /** A TypeORM repository on the current transaction. */
  bind<Row extends ObjectLiteral>(rows: Repository<Row>): Repository<Row> {
    const transaction = this.open;
    return transaction === undefined ? rows : transaction.manager.withRepository(rows);
  }

  /** Runs a named statement on the current transaction's connection, or on any. */
  query<Row extends QueryResultRow>(statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    const executor = this.executor as CustomExecutor<Row>;
    return rowsOf<Row>((done) => executor.query(new PreparedQuery(statement, values), undefined, done));
  }

  /**
   * The same for a read that is quick whatever its values, such as one by key: outside of a transaction it shares a connection, and its
   * way there and back, with others that are asked for at the same time.
   */
  read<Row extends QueryResultRow>(statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    if (this.inTransaction) return this.query(statement, values);
    return rowsOf<Row>((done) =>
      this.reads.add(new PreparedQuery(statement, values, done as Done<QueryResultRow>)),
    );
  }

  /** Runs SQL whose text varies (built filters, DDL): parsed each time. Values are always parameters. */
  async execute<Row extends QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.executor.query<Row>(text, values)).rows;
  }

  /**
   * Streams the rows of a read in one snapshot, a page at a time, so that an export of any size needs little memory. With
   * `isBinary`, bytes come as they are and not as twice as many hexadecimal digits; the parsers of other types are pg's own then.
   */
  async *stream<Row extends QueryResultRow>(
    text: string,
    values: unknown[],
    { pageSize = 1_000, isBinary = false }: { pageSize?: number; isBinary?: boolean } = {},
  ): AsyncGenerator<Row> {
    const client = await this.pool.connect();
    // A checked-out connection that dies without a listener would take the process with it; the next FETCH fails anyway.
    client.on('error', ignore);
    const page = { text: `FETCH ${pageSize} FROM export`, binary: isBinary };
    let failed = true;
    try {
      await client.query('BEGIN READ ONLY');
      await client.query(`DECLARE export NO SCROLL CURSOR FOR ${text}`, values);
      for (;;) {
        const { rows } = await client.query<Row>(page);
        if (rows.length === 0) break;
        yield* rows;
      }
      failed = false;
    } finally {
      // An abandoned stream (the caller went away) ends here as well; ROLLBACK closes the cursor.
      await client.query('ROLLBACK').catch(() => undefined);
      client.off('error', ignore);
      client.release(failed);
    }
  }

  /** A connection of one's own, for session locks; whoever takes it releases it. */
  connect(): Promise<PoolClient> {
    return this.pool.connect();
  }

  /** How often work was run again since another transaction had crossed it. */
  get repeatedCount(): number {
    return this.repeated;
  }

  /** Connections: held, idle, and callers waiting for one. */
  poolUsage(): { total: number; idle: number; waiting: number } {
    const { totalCount, idleCount, waitingCount } = this.pool;
    return { total: totalCount, idle: idleCount, waiting: waitingCount };
  }

  private get pool(): Pool {
    return (this.dataSource.driver as unknown as { master: Pool }).master;
  }

  private get executor(): Pool | PoolClient {
    return this.open?.client ?? this.pool;
  }

  /** The open transaction. What was begun inside one and outlives it (a timer, a look-up that others share) is outside. */
  private get open(): Transaction | undefined {
    const transaction = this.transactions.getStore();
    return transaction === undefined || transaction.end.isReached ? undefined : transaction;
  }
}

/** What a statement gives to whoever waits for it. */
function rowsOf<Row extends QueryResultRow>(start: (done: Done<Row>) => void): Promise<Row[]> {
  const rows = new Promise<Row[]>((resolve, reject) => {
    start((error, found = []) => {
      if (error) reject(error);
      else resolve(found);
    });
  });
  return rows.catch((error: Error) => {
    // Who asked says more than the socket that brought the answer.
    Error.captureStackTrace(error);
    throw error;
  });
}

function ignore(): void {
  // See where it is used.
}
