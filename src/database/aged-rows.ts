import { Database } from './database';

/** Rows of one table that are of no more use once a time in them lies far enough back. */
export interface AgedTable {
  readonly table: string;
  /** The time that counts; it has an index. */
  readonly since: string;
  /** Which rows may go at all. */
  readonly condition?: string;
}

/** Deletes what has had its time, oldest first and a few at once; rows that somebody has locked are left for later. */
export class AgedRows {
  private readonly oldestText: string;
  private readonly dueText: string;

  constructor(
    private readonly database: Database,
    private readonly described: AgedTable,
  ) {
    const { table, since, condition = 'true' } = described;
    this.oldestText = `SELECT min(${since}) AS at FROM ${table} WHERE ${condition}`;
    this.dueText = `SELECT ctid FROM ${table} AS aged WHERE ${since} < now() - make_interval(days => $1) AND ${condition}`;
  }

  /** The time of the oldest row that may go; null where there is none. */
  async oldest(): Promise<Date | null> {
    const text = this.oldestText;
    return (
      await this.database.query<{ at: Date | null }>({ name: `${this.described.table}_oldest`, text })
    )[0].at;
  }

  /** Deletes up to `limit` rows older than so many days for which `isFree` (SQL over the alias `aged`) holds; returns how many. */
  async purge(days: number, limit: number, isFree = 'true'): Promise<number> {
    const { table, since } = this.described;
    const [{ deleted }] = await this.database.execute<{ deleted: number }>(
      `WITH gone AS (
         DELETE FROM ${table} WHERE ctid IN (
           ${this.dueText} AND ${isFree} ORDER BY ${since} LIMIT $2 FOR UPDATE OF aged SKIP LOCKED)
         RETURNING 1
       ) SELECT count(*) AS deleted FROM gone`,
      [days, limit],
    );
    return deleted;
  }
}
