import { metricsIn } from './promql-names';

describe('the metrics of an expression', () => {
  it.each([
    ['up', ['up']],
    ['up{job="a"} == 0', ['up']],
    ['sum by (le, route) (rate(a_bucket{x=~"b|c{2}", y!=""}[5m])) > 2.5e3', ['a_bucket']],
    ['histogram_quantile(0.95, sum by (le) (rate(a_bucket[5m])))', ['a_bucket']],
    ['a_total / on (job) group_left (version) b_info unless c', ['a_total', 'b_info', 'c']],
    ['absent(a) and on () max(b) == 1 or vector(0)', ['a', 'b']],
    [
      'sum by (class) (label_replace(rate(a_count[5m]), "class", "$1", "route", "/(?:api/)?([^/]*).*"))',
      ['a_count'],
    ],
    ['a offset 5m + a', ['a']],
    ['1 + 2', []],
  ])('%s', (expression, names) => {
    expect(metricsIn(expression)).toEqual(names);
  });
});
