import { Injectable } from '@nestjs/common';

import { Database } from '../database/database';
import { Anomaly } from './anomaly.entity';
import { ANOMALY_COLUMNS } from './anomaly.repository';
import { AnomalyFilter, AnomalyOrder } from './anomaly.types';
import { Status } from './anomaly-lifecycle';
import { afterCursor, buildCondition, Condition, countOf, isCounted, orderBy } from './anomaly-query';

const CUBE = {
  name: 'anomaly_cube',
  text: `SELECT status, severity, source, sum(count)::bigint AS count FROM (
           SELECT status, severity, source, count FROM anomaly_counts UNION ALL SELECT status, severity, source, delta FROM anomaly_count_deltas
         ) AS counts GROUP BY 1, 2, 3 HAVING sum(count) <> 0`,
};

export const FOLD_COUNTS = {
  name: 'anomaly_fold_counts',
  text: `WITH taken AS (DELETE FROM anomaly_count_deltas RETURNING status, severity, source, delta),
              sums AS (SELECT status, severity, source, sum(delta)::bigint AS delta FROM taken GROUP BY 1, 2, 3 ORDER BY 1, 2, 3)
         INSERT INTO anomaly_counts AS counts (status, severity, source, count) SELECT status, severity, source, delta FROM sums
         ON CONFLICT ON CONSTRAINT anomaly_counts_pk DO UPDATE SET count = counts.count + excluded.count`,
};

/** Where a filter that no counter answers stops counting. */
const COUNT_CAP = 10_000;

/** How many rows a page may read; what is too much is cut off by who asked. */
const READ_SIZES = [21, 51, 101];

/** Rows of a list, perhaps more than were asked for, and how many its filter selects: exact, or up to the cap. */
export interface CountedAnomalies {
  readonly rows: Anomaly[];
  readonly total: number;
  readonly capped: boolean;
}

/** The SQL of lists of anomalies, and of how many there are. */
@Injectable()
export class AnomalyListRepository {
  /** By name, which says all that a list's text depends on. */
  private readonly listTexts = new Map<string, string>();

  constructor(private readonly database: Database) {}

  /** Rows from an offset on. A deep page still answers; walks of any length go by cursor. */
  listFrom(
    filter: AnomalyFilter,
    order: AnomalyOrder,
    limit: number,
    offset: number,
  ): Promise<CountedAnomalies> {
    const condition = buildCondition(filter);
    const next = condition.values.length;
    const read = offset === 0 ? readSize(filter, limit) : null;
    return this.list(filter, condition, {
      name: `anomaly_page_${condition.shape}_${order.key}_${order.direction}_${read}`,
      where: condition.where,
      rest: `ORDER BY ${orderBy(filter, order)} LIMIT ${read ?? `$${next + 1} OFFSET $${next + 2}`}`,
      values: read === null ? [...condition.values, limit, offset] : condition.values,
    });
  }

  /** Rows after the one with this sort value and id. */
  listAfter(
    filter: AnomalyFilter,
    order: AnomalyOrder,
    limit: number,
    cursor: readonly (string | number)[],
  ): Promise<CountedAnomalies> {
    const condition = buildCondition(filter);
    const after = afterCursor(filter, order, cursor, condition.values.length + 1);
    const values = [...condition.values, ...after.values];
    const read = readSize(filter, limit);
    return this.list(filter, condition, {
      name: `anomaly_after_${condition.shape}_${order.key}_${order.direction}_${read}`,
      where: `${condition.where} AND ${after.where}`,
      rest: `ORDER BY ${orderBy(filter, order)} LIMIT ${read ?? `$${values.length + 1}`}`,
      values: read === null ? [...values, limit] : values,
    });
  }

  /** A page with its total in one statement: they are of one snapshot, and cost one round trip. */
  private async list(
    filter: AnomalyFilter,
    condition: Condition,
    { name, where, rest, values }: { name: string; where: string; rest: string; values: unknown[] },
  ): Promise<CountedAnomalies> {
    const text =
      this.listTexts.get(name) ??
      `SELECT ${ANOMALY_COLUMNS}, ${countOf(filter, condition, COUNT_CAP)} AS total FROM anomalies WHERE ${where} ${rest}`;
    this.listTexts.set(name, text);
    const rows = await this.database.query<Anomaly & { total: number }>({ name, text }, values);
    const total = rows.length > 0 ? rows[0].total : await this.count(filter, condition);
    const capped = !isCounted(filter) && total > COUNT_CAP;
    return { rows, total: capped ? COUNT_CAP : total, capped };
  }

  /** For a page without rows, which may still lie behind some. */
  private async count(filter: AnomalyFilter, condition: Condition): Promise<number> {
    const [{ total }] = await this.database.query<{ total: number }>(
      {
        name: `anomaly_count_${condition.shape}`,
        text: `SELECT ${countOf(filter, condition, COUNT_CAP)} AS total`,
      },
      condition.values,
    );
    return total;
  }

  /** The counter cube: one row a combination of status, severity and source that occurs. */
  cube(): Promise<{ status: Status; severity: string; source: string; count: number }[]> {
    return this.database.query(CUBE);
  }

  /** Folds the appended deltas into the counters; exact at any moment, since readers add both in one snapshot. */
  async foldCounts(): Promise<void> {
    await this.database.query(FOLD_COUNTS);
  }

  /** Streams what a filter matches, newest first. */
  export(filter: AnomalyFilter, limit: number): AsyncGenerator<Anomaly> {
    const { where, values } = buildCondition(filter);
    return this.database.stream<Anomaly>(
      `SELECT ${ANOMALY_COLUMNS} FROM anomalies WHERE ${where} ORDER BY id DESC LIMIT ${limit}`,
      values,
    );
  }
}

/**
 * The fixed LIMIT of a page, or null where it is a parameter. With a parameter PostgreSQL plans the statement anew on every execution, which
 * takes longer than reading a page; a search or a range of time is planned anew on purpose, since what is best for it depends on
 * the words and the range.
 */
function readSize(filter: AnomalyFilter, limit: number): number | null {
  return (isCounted(filter) && READ_SIZES.find((size) => size >= limit)) || null;
}
