import { type MailFailure, readMailFailure, readRefusals } from './mail-reply';
import { decideRetry } from './retry-decision';

const NOW = new Date('2026-03-01T12:00:00Z');
const decisionAfter = (failure: MailFailure) => decideRetry(readMailFailure(failure, 10_000), 1, 0.5, NOW);

describe('what becomes of a mail', () => {
  it.each<[string, MailFailure, string, string]>([
    [
      'to somebody who is not known',
      { code: 'EENVELOPE', responseCode: 550, response: '550 5.1.1 no such user' },
      'give_up',
      'the mail server answered 550: 550 5.1.1 no such user',
    ],
    ['that is refused', { code: 'EMESSAGE', responseCode: 554, response: '554 spam' }, 'give_up', '554'],
    [
      'to a mailbox that is full for now',
      { code: 'EENVELOPE', responseCode: 452, response: '452 full' },
      'retry',
      '452',
    ],
    ['that is greylisted', { code: 'EENVELOPE', responseCode: 451, response: '451 later' }, 'retry', '451'],
    [
      'in a session that went wrong',
      { code: 'EENVELOPE', responseCode: 503, response: '503 sequence' },
      'retry',
      '503',
    ],
    [
      'where the log-in is refused',
      { code: 'EAUTH', responseCode: 535, response: '535 wrong' },
      'retry',
      'refused the log-in (535)',
    ],
    ['where there is no TLS', { code: 'ETLS', responseCode: 502 }, 'retry', 'does not do the TLS'],
    ['that takes too long', { code: 'EABORT' }, 'retry', 'within 10000 ms'],
    ['where nobody listens', { code: 'ESOCKET' }, 'retry', 'could not be reached or broke off (ESOCKET)'],
  ])('%s', (_, failure, kind, words) => {
    expect(decisionAfter(failure)).toMatchObject({ kind, reason: expect.stringContaining(words) });
  });

  it('that some got: all are tried again where one may be, and who will never get it is named', () => {
    const refused = { recipient: 'a@example.org', responseCode: 550, response: '550 unknown\r\nX' };
    const deferred = { recipient: 'b@example.org', responseCode: 450, response: '450 busy' };
    expect(decideRetry(readRefusals([]), 1, 0.5, NOW)).toEqual({ kind: 'delivered', but: null });
    expect(decideRetry(readRefusals([refused]), 1, 0.5, NOW)).toEqual({
      kind: 'delivered',
      but: 'not taken for a@example.org: 550 unknown X',
    });
    expect(decideRetry(readRefusals([refused, deferred]), 1, 0.5, NOW)).toMatchObject({
      kind: 'retry',
      reason: 'the mail server answered 450: b@example.org: 450 busy',
    });
  });
});
