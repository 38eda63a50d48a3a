import type { AlertChange } from '../../telemetry/telemetry.types';
import { roundsOf } from './alert-rounds';

const change = (identity: string, kind: AlertChange['kind']): AlertChange =>
  ({ kind, alert: { identity } }) as AlertChange;

describe('changes of alerts', () => {
  it('are dealt with in as many rounds as the busiest alert has changes, in its order', () => {
    const [a1, b1, a2, a3, b2] = [
      change('a', 'fired'),
      change('b', 'fired'),
      change('a', 'resolved'),
      change('a', 'fired'),
      change('b', 'resolved'),
    ];
    expect(roundsOf([a1, b1, a2, a3, b2])).toEqual([[a1, b1], [a2, b2], [a3]]);
    expect(roundsOf([])).toEqual([]);
  });
});
