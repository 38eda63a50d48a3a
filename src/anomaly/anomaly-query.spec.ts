import type { AnomalyFilter } from './anomaly.types';
import { afterCursor, buildCondition, countOf, isCounted, orderBy } from './anomaly-query';

describe('the query for a list of anomalies', () => {
  it('combines every filter and numbers its parameters', () => {
    const from = new Date(0);
    expect(buildCondition({ status: 'open', source: 'ml_model', from })).toEqual({
      shape: 'status_source_from',
      where: 'deleted_at IS NULL AND status = $1 AND source = $2 AND created_at >= $3',
      exact: 'WHERE status = $1 AND source = $2 AND created_at >= $3',
      values: ['open', 'ml_model', from],
    });
  });

  it('searches for the text itself, wildcards included', () => {
    expect(buildCondition({ search: '50%_\\' }).values).toEqual(['%50\\%\\_\\\\%']);
  });

  it('takes totals from the counters only for the exact filters', () => {
    expect(isCounted({ status: 'open', severity: 'low', source: 'x' })).toBe(true);
    expect(isCounted({ search: 'disk' })).toBe(false);
  });

  it('counts by the counters what they know, and else rows up to the cap', () => {
    const sql = (filter: AnomalyFilter): string =>
      countOf(filter, buildCondition(filter), 100).replace(/\s+/g, ' ');
    expect(sql({ status: 'open' })).toContain('FROM anomaly_count_deltas WHERE status = $1');
    expect(sql({})).toContain('SELECT count FROM anomaly_counts UNION ALL');
    expect(sql({ search: 'disk' })).toContain('LIMIT 101');
  });

  it('breaks ties by id, also behind a cursor', () => {
    expect(orderBy({}, { key: 'severity', direction: 'desc' })).toBe('severity_rank desc, id desc');
    expect(afterCursor({}, { key: 'anomaly_score', direction: 'asc' }, [0.5, 7], 3)).toEqual({
      where: '(anomaly_score, id) > ($3::double precision, $4::bigint)',
      values: [0.5, 7],
    });
  });

  it('walks ids for the order of creation, but times within a range of time', () => {
    const newestFirst = { key: 'created_at', direction: 'desc' } as const;
    expect(orderBy({ status: 'open' }, newestFirst)).toBe('id desc');
    expect(orderBy({ from: new Date(0) }, newestFirst)).toBe('created_at desc, id desc');
    expect(afterCursor({}, newestFirst, ['2026-01-31T10:00:00Z', 7], 1)).toEqual({
      where: 'id < $1::bigint',
      values: [7],
    });
  });
});
