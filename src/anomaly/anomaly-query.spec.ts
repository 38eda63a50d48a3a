import { afterCursor, buildCondition, isCounted, orderBy } from './anomaly-query';

describe('the query for a list of anomalies', () => {
  it('combines every filter and numbers its parameters', () => {
    const from = new Date(0);
    expect(buildCondition({ status: 'open', source: 'ml_model', from })).toEqual({
      shape: 'status_source_from',
      where: 'deleted_at IS NULL AND status = $1 AND source = $2 AND created_at >= $3',
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

  it('breaks ties by id, also behind a cursor', () => {
    expect(orderBy({ key: 'severity', direction: 'desc' })).toBe('severity_rank desc, id desc');
    expect(afterCursor({ key: 'anomaly_score', direction: 'asc' }, 3)).toBe(
      '(anomaly_score, id) > ($3::double precision, $4::bigint)',
    );
  });
});
