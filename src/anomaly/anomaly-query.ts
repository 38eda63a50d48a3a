import { InvalidInput } from '../common/errors/domain-error';
import { decodeCursor } from '../common/http/pagination';
import { isId, isInstant } from '../common/validation/fields';
import { AnomalyFilter, AnomalyOrder, SortKey } from './anomaly.types';

/** The column of each sort key. Names from outside never reach SQL: they only choose among these. */
const SORT_COLUMNS = {
  created_at: 'created_at',
  updated_at: 'updated_at',
  severity: 'severity_rank',
  anomaly_score: 'anomaly_score',
} as const satisfies Record<SortKey, string>;

const CURSOR_TYPES = {
  created_at: 'timestamptz',
  updated_at: 'timestamptz',
  severity: 'smallint',
  anomaly_score: 'double precision',
} as const satisfies Record<SortKey, string>;

/** A WHERE clause with its parameters; `shape` names the statement, since its text follows from the shape alone. */
export interface Condition {
  readonly shape: string;
  readonly where: string;
  /** The filters alone as a WHERE clause, or nothing: for the counters, which know visible anomalies only. */
  readonly exact: string;
  readonly values: unknown[];
}

/**
 * The condition of a filter, over visible anomalies.
 * @example buildCondition({ status: 'open' }) // { shape: 'status', where: 'deleted_at IS NULL AND status = $1', exact: 'WHERE status = $1', values: ['open'] }
 */
export function buildCondition(filter: AnomalyFilter): Condition {
  const parts: [string, string, unknown][] = [];
  if (filter.status !== undefined) parts.push(['status', 'status = ?', filter.status]);
  if (filter.severity !== undefined) parts.push(['severity', 'severity = ?', filter.severity]);
  if (filter.source !== undefined) parts.push(['source', 'source = ?', filter.source]);
  if (filter.seriesId !== undefined) parts.push(['series', 'series_id = ?', filter.seriesId]);
  if (filter.incidentId !== undefined) parts.push(['incident', 'incident_id = ?', filter.incidentId]);
  if (filter.from !== undefined) parts.push(['from', 'created_at >= ?', filter.from]);
  if (filter.to !== undefined) parts.push(['to', 'created_at < ?', filter.to]);
  if (filter.search !== undefined)
    parts.push(['search', '(title ILIKE ? OR description ILIKE ?)', `%${escapeLike(filter.search)}%`]);
  const clauses = parts.map(([, clause], index) => clause.replaceAll('?', `$${index + 1}`));
  return {
    shape: parts.map(([name]) => name).join('_') || 'all',
    where: ['deleted_at IS NULL', ...clauses].join(' AND '),
    exact: clauses.length === 0 ? '' : `WHERE ${clauses.join(' AND ')}`,
    values: parts.map(([, , value]) => value),
  };
}

/** Whether the counter cube answers this filter's total. */
export function isCounted(filter: AnomalyFilter): boolean {
  return (
    filter.seriesId === undefined &&
    filter.incidentId === undefined &&
    filter.from === undefined &&
    filter.to === undefined &&
    filter.search === undefined
  );
}

/**
 * Ids are handed out as anomalies are created. Where no range of time is asked for, walking them gives the order of creation out of the
 * very index that answers the exact filters, however rare their combination.
 */
function isWalkedById(filter: AnomalyFilter, { key }: AnomalyOrder): boolean {
  return key === 'created_at' && filter.from === undefined && filter.to === undefined;
}

/** ORDER BY of a list; the id breaks ties, so that pages neither repeat nor skip. */
export function orderBy(filter: AnomalyFilter, order: AnomalyOrder): string {
  const { key, direction } = order;
  return isWalkedById(filter, order)
    ? `id ${direction}`
    : `${SORT_COLUMNS[key]} ${direction}, id ${direction}`;
}

/** The keyset condition "after this row", its parameters numbered from `first`. */
export function afterCursor(
  filter: AnomalyFilter,
  order: AnomalyOrder,
  [value, id]: readonly (string | number)[],
  first: number,
): Pick<Condition, 'where' | 'values'> {
  const compare = order.direction === 'desc' ? '<' : '>';
  if (isWalkedById(filter, order)) return { where: `id ${compare} $${first}::bigint`, values: [id] };
  return {
    where: `(${SORT_COLUMNS[order.key]}, id) ${compare} ($${first}::${CURSOR_TYPES[order.key]}, $${first + 1}::bigint)`,
    values: [value, id],
  };
}

/**
 * A number of SQL: how many rows a condition selects. Exact from the counters where they answer it (their columns have the same names),
 * else counted up to one more than a cap.
 */
export function countOf(filter: AnomalyFilter, { exact, where }: Condition, cap: number): string {
  if (!isCounted(filter))
    return `(SELECT count(*) FROM (SELECT FROM anomalies WHERE ${where} LIMIT ${cap + 1}) AS counted)`;
  return `(SELECT coalesce(sum(count), 0)::bigint FROM (
             SELECT count FROM anomaly_counts ${exact} UNION ALL SELECT delta FROM anomaly_count_deltas ${exact}
           ) AS counts)`;
}

/**
 * The sort value and id in a cursor.
 * Throws  InvalidInput where the cursor was not made by this order of this list.
 */
export function readCursor({ key }: AnomalyOrder, cursor: string): (string | number)[] {
  const [value, id] = decodeCursor(cursor, 2);
  const fits =
    CURSOR_TYPES[key] === 'timestamptz'
      ? isInstant(value)
      : typeof value === 'number' && (key !== 'severity' || isId(value));
  if (!fits || !isId(id)) throw new InvalidInput('Invalid cursor');
  return [value, id];
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, (character) => `\\${character}`);
}
