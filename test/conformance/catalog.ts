import type { TestDatabase } from '../support/test-database';

/** A column as the database has it. */
export interface CatalogColumn {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly isNullable: boolean;
  /** The expression without its casts; null where there is none. */
  readonly fallback: string | null;
}

/** Every column of our tables; partitions have those of their table. */
export async function listColumns(database: TestDatabase): Promise<CatalogColumn[]> {
  return database.query(`
    SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS "isNullable",
           CASE WHEN a.attidentity = '' AND a.attgenerated = '' THEN regexp_replace(pg_get_expr(d.adbin, d.adrelid), '::[a-z ]+$', '') END AS fallback
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'migrations'
    ORDER BY 1, a.attnum`);
}

/** A constraint that somebody wrote; those of partitions follow from their table, and NOT NULL needs no name. */
export async function listConstraints(database: TestDatabase): Promise<{ table: string; name: string }[]> {
  return database.query(`
    SELECT conrelid::regclass::text AS table, conname AS name FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype <> 'n' AND conparentid = 0 AND conrelid <> 'migrations'::regclass
    ORDER BY 1, 2`);
}

/**
 * Everything in our schema as text, a line for each thing, in one order: two databases are alike exactly when these are equal.
 * What extensions bring is theirs; the table of migrations is TypeORM's.
 */
export async function describeSchema(database: TestDatabase): Promise<string[]> {
  const rows = await database.query<{ line: string }>(`
    WITH ours AS (
      SELECT oid, relname, relkind, reloptions, relpartbound, relispartition FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind NOT IN ('i', 'I') AND relname NOT LIKE 'migrations%'
    )
    SELECT format('%s %s %s %s %s', relkind, relname, reloptions, pg_get_partkeydef(oid), pg_get_expr(relpartbound, oid)) AS line FROM ours
    UNION ALL
    SELECT format('column %s.%s %s %s identity=%s generated=%s storage=%s default=%s', relname, attname, format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated,
                  attstorage, pg_get_expr(adbin, adrelid))
    FROM ours JOIN pg_attribute ON attrelid = ours.oid AND attnum > 0 AND NOT attisdropped
    LEFT JOIN pg_attrdef ON adrelid = ours.oid AND adnum = attnum WHERE relkind IN ('r', 'p')
    UNION ALL
    SELECT format('constraint %s on %s %s', conname, conrelid::regclass, pg_get_constraintdef(pg_constraint.oid)) FROM pg_constraint JOIN ours ON conrelid = ours.oid
    UNION ALL
    SELECT pg_get_indexdef(indexrelid) FROM pg_index JOIN ours ON indrelid = ours.oid
    UNION ALL
    SELECT pg_get_triggerdef(pg_trigger.oid) FROM pg_trigger JOIN ours ON tgrelid = ours.oid WHERE NOT tgisinternal
    UNION ALL
    SELECT pg_get_functiondef(p.oid) FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')
    ORDER BY 1`);
  return rows.map(({ line }) => line);
}
