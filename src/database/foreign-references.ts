import { Injectable } from '@nestjs/common';

import { Database } from './database';

const REFERENCES = {
  name: 'database_foreign_references',
  text: `SELECT format('NOT EXISTS (SELECT FROM %s AS referring WHERE referring.%I = %I.%I)', c.conrelid::regclass, own.attname, $2::text, far.attname)
           AS condition
         FROM pg_constraint AS c
         JOIN pg_attribute AS own ON own.attrelid = c.conrelid AND own.attnum = c.conkey[1]
         JOIN pg_attribute AS far ON far.attrelid = c.confrelid AND far.attnum = c.confkey[1]
         WHERE c.contype = 'f' AND c.confrelid = $1::regclass AND c.conrelid <> ALL ($3::text[]::regclass[])
           AND c.conparentid = 0 AND c.confdeltype IN ('a', 'r')
         ORDER BY 1`,
};

/**
 * What refers to a table, by the schema's own account: a row that something else depends on must stay, whoever added the reference and
 * when. Who refers therefore registers nowhere; a foreign key is enough (with an index on its column).
 */
@Injectable()
export class ForeignReferences {
  constructor(private readonly database: Database) {}

  /**
   * SQL that holds for rows (under an alias) to which no foreign key of other tables than `except` refers; those that go or let go
   * by themselves (ON DELETE CASCADE, SET NULL) do not count.
   * @example await references.absent('anomalies', 'a', ['anomaly_history']) // 'true' while nobody else refers
   */
  async absent(table: string, alias: string, except: readonly string[]): Promise<string> {
    const rows = await this.database.query<{ condition: string }>(REFERENCES, [table, alias, except]);
    return ['true', ...rows.map(({ condition }) => condition)].join(' AND ');
  }
}
