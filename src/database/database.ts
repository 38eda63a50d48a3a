import { AsyncLocalStorage } from 'node:async_hooks';

import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool, PoolClient, QueryResultRow } from 'pg';
import { DataSource, EntityManager, ObjectLiteral, Repository } from 'typeorm';

/** A hot path's SQL: fixed text under a name of its own, prepared once a connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

interface Transaction {
  readonly manager: EntityManager;
  readonly client: PoolClient;
  readonly afterCommit: (() => void)[];
}

/**
 * The one door to Postgres: transactions that nest by joining, TypeORM repositories and named statements on the same
 * connection. A repository asks for `bind(rows)`, a service wraps its story in `run`.
 */
@Injectable()
export class Database {
  private readonly transactions = new AsyncLocalStorage<Transaction>();

  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** Runs work in one transaction, or in the one that is already open; any error rolls all of it back. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.transactions.getStore() !== undefined) return work();
    const runner = this.dataSource.createQueryRunner();
    const afterCommit: (() => void)[] = [];
    let result: T;
    try {
      const client = (await runner.connect()) as PoolClient;
      await runner.startTransaction();
      result = await this.transactions.run({ manager: runner.manager, client, afterCommit }, work);
      await runner.commitTransaction();
    } catch (error) {
      // Where the connection itself is gone, rolling back fails as well, and says less than the first error.
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    } finally {
      await runner.release().catch(() => undefined);
    }
    for (const notify of afterCommit) notify();
    return result;
  }

  /** Runs work that is one statement, and so a transaction by itself; within an open one it joins as `run` does. */
  runStatement<T>(work: () => Promise<T>): Promise<T> {
    return this.inTransaction ? this.run(work) : work();
  }

  /** Calls back once the open transaction has committed (at once where there is none): for wake-ups, never for writes. */
  afterCommit(notify: () => void): void {
    const transaction = this.transactions.getStore();
    if (transaction === undefined) notify();
    else transaction.afterCommit.push(notify);
  }

  /** Whether a transaction is open here. */
  get inTransaction(): boolean {
    return this.transactions.getStore() !== undefined;
  }

  /** A TypeORM repository on the current transaction. */
  bind<Row extends ObjectLiteral>(rows: Repository<Row>): Repository<Row> {
    const transaction = this.transactions.getStore();
    return transaction === undefined ? rows : transaction.manager.withRepository(rows);
  }

  /** Runs a named statement on the current transaction's connection, or on any. */
  async query<Row extends QueryResultRow>(statement: Statement, values: unknown[] = []): Promise<Row[]> {
    return (await this.executor.query<Row>({ ...statement, values })).rows;
  }

  /** Runs SQL whose text varies (built filters, DDL): parsed each time. Values are always parameters. */
  async execute<Row extends QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.executor.query<Row>(text, values)).rows;
  }

  /** Streams the rows of a read in one snapshot, a page at a time, so that an export of any size needs little memory. */
  async *stream<Row extends QueryResultRow>(
    text: string,
    values: unknown[],
    pageSize = 1_000,
  ): AsyncGenerator<Row> {
    const client = await this.pool.connect();
    // A checked-out connection that dies without a listener would take the process with it; the next FETCH fails anyway.
    client.on('error', ignore);
    let failed = true;
    try {
      await client.query('BEGIN READ ONLY');
      await client.query(`DECLARE export NO SCROLL CURSOR FOR ${text}`, values);
      for (;;) {
        const { rows } = await client.query<Row>(`FETCH ${pageSize} FROM export`);
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

  /** Connections: held, idle, and callers waiting for one. */
  poolUsage(): { total: number; idle: number; waiting: number } {
    const { totalCount, idleCount, waitingCount } = this.pool;
    return { total: totalCount, idle: idleCount, waiting: waitingCount };
  }

  private get pool(): Pool {
    return (this.dataSource.driver as unknown as { master: Pool }).master;
  }

  private get executor(): Pool | PoolClient {
    return this.transactions.getStore()?.client ?? this.pool;
  }
}

function ignore(): void {
  // See where it is used.
}
