import { Injectable } from '@nestjs/common';

import { Database } from './database';

/** A table that holds rows itself: an ordinary one, or a partition. */
export interface TableSize {
  readonly schema: string;
  /** Its own name, without the schema. */
  readonly table: string;
  /** The tables that it is a part of, from the nearest to the whole; empty where it is none. Without the schema. */
  readonly partOf: readonly string[];
  /** The planner's estimate, as of the last vacuum or analyse; exact counts would read whole tables. */
  readonly estimatedRows: number;
  /** With indexes and TOAST: what `pg_total_relation_size` says. */
  readonly bytes: number;
  readonly indexBytes: number;
  /** What lies outside of the rows, being too long for them; with its own index. */
  readonly toastBytes: number;
}

/** A table that was never analysed is known by its statistics only. */
const TABLES = {
  name: 'database_table_sizes',
  text: `SELECT n.nspname AS schema, c.relname AS table,
                ARRAY(SELECT a.relname::text FROM pg_partition_ancestors(c.oid) WITH ORDINALITY AS up(relid, place)
                      JOIN pg_class AS a ON a.oid = up.relid WHERE up.relid <> c.oid ORDER BY place) AS "partOf",
                CASE WHEN c.reltuples < 0 THEN COALESCE(s.n_live_tup, 0) ELSE c.reltuples END::bigint AS "estimatedRows",
                pg_total_relation_size(c.oid) AS bytes,
                pg_indexes_size(c.oid) AS "indexBytes",
                CASE WHEN c.reltoastrelid = 0 THEN 0 ELSE pg_total_relation_size(c.reltoastrelid) END::bigint AS "toastBytes"
         FROM pg_class AS c
         JOIN pg_namespace AS n ON n.oid = c.relnamespace
         LEFT JOIN pg_stat_all_tables AS s ON s.relid = c.oid
         WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
           AND pg_total_relation_size(c.oid) IS NOT NULL
         ORDER BY 1, 2`,
};

/** How much is in each table, by Postgres' own account. Looks at files, never at rows. */
@Injectable()
export class TableSizes {
  constructor(private readonly database: Database) {}

  list(): Promise<TableSize[]> {
    return this.database.query<TableSize & object>(TABLES);
  }

  async databaseBytes(): Promise<number> {
    const [{ bytes }] = await this.database.query<{ bytes: number }>({
      name: 'database_size',
      text: 'SELECT pg_database_size(current_database()) AS bytes',
    });
    return bytes;
  }
}
