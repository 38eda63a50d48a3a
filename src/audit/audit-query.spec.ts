import { auditCondition, AuditFilter } from './audit-query';

describe('the condition of an audit filter', () => {
  const from = new Date('2026-01-01T00:00:00Z');
  const to = new Date('2026-02-01T00:00:00Z');

  it.each<[AuditFilter, string, string, unknown[]]>([
    [{}, 'all', 'true', []],
    [{ actor: 'ada' }, 'actor', 'a.actor_name = $1', ['ada']],
    [{ action: 'user.created' }, 'action', 'a.action = $1', ['user.created']],
    [{ action: 'user.*' }, 'actions', 'a.action LIKE $1', ['user.%']],
    [{ action: '*' }, 'actions', 'a.action LIKE $1', ['%']],
    [{ action: 'user.log_%*' }, 'actions', 'a.action LIKE $1', ['user.log\\_\\%%']],
    [
      { subjectType: 'anomaly', subjectId: '7' },
      'type_subject',
      'a.subject_type = $1 AND a.subject_id = $2',
      ['anomaly', '7'],
    ],
    [{ requestId: 'r' }, 'request', 'a.request_id = $1', ['r']],
    [{ from, to }, 'from_to', 'a.at >= $1 AND a.at < $2', [from, to]],
    [{ actor: "x' OR true --" }, 'actor', 'a.actor_name = $1', ["x' OR true --"]],
  ])('%j is %s', (filter, shape, where, values) => {
    expect(auditCondition(filter)).toEqual({ shape, where, values });
  });
});
