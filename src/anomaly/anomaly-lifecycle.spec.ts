import { isActive, Status, statusAfter, STATUSES, Verb, VERBS, verbTo } from './anomaly-lifecycle';

describe('the lifecycle of an anomaly', () => {
  const refused: [Status, Verb][] = [
    ['resolved', 'acknowledge'],
    ['dismissed', 'acknowledge'],
    ['dismissed', 'resolve'],
  ];

  it.each(STATUSES.flatMap((status) => VERBS.map((verb) => [status, verb] as const)))(
    'from %s, %s leads where the table says',
    (status, verb) => {
      const isRefused = refused.some(([from, by]) => from === status && by === verb);
      expect(statusAfter(status, verb) === null).toBe(isRefused);
    },
  );

  it('lets a verb be repeated without effect', () => {
    for (const status of STATUSES) expect(statusAfter(status, verbTo(status))).toBe(status);
  });

  it('counts open and acknowledged anomalies as active', () => {
    expect(STATUSES.filter(isActive)).toEqual(['open', 'acknowledged']);
  });
});
