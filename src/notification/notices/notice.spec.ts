import { afterPrecedents, type Notice, testNotice } from './notice';

const notice = (precedents: Partial<Notice['precedents']>): Notice => ({
  ...testNotice('this', 'on-call'),
  type: 'incident_opened',
  severity: 'critical',
  summary: 'cart: down',
  precedents: { coveredBy: [], endOf: null, raises: [], ...precedents },
});

describe('what an endpoint is told that has been told before', () => {
  it.each<[string, Partial<Notice['precedents']>, string[], string | null]>([
    ['nothing of it', {}, [], 'cart: down'],
    ['the very same', {}, ['this'], null],
    ['what covers it', { coveredBy: ['incident'] }, ['incident'], null],
    ['something else', { coveredBy: ['incident'] }, ['another'], 'cart: down'],
    ['the beginning of which it is the end', { endOf: ['low', 'high'] }, ['high'], 'cart: down'],
    ['no beginning of which it is the end', { endOf: ['low', 'high'] }, ['another'], null],
    ['the same when it was less severe', { raises: ['low'] }, ['low'], 'cart: down (it is critical now)'],
  ])('%s', (_, precedents, told, summary) => {
    expect(afterPrecedents(notice(precedents), new Set(told))?.summary ?? null).toBe(summary);
  });

  it('says that it is a rise to programs, too', () => {
    const risen = afterPrecedents(notice({ raises: ['low'] }), new Set(['low']));
    expect(risen?.data).toMatchObject({ is_escalated: true });
  });
});
