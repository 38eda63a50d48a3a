import type { AttemptEnd } from './retry-decision';

const MAX_TEXT = 300;

/** What is known of a mail, or of one of its recipients, that did not get through. */
export interface MailFailure {
  readonly code?: string;
  /** What is behind a code that only says that a connection failed. */
  readonly originalCode?: string;
  readonly responseCode?: number;
  readonly response?: string;
  readonly recipient?: string;
}

/**
 * How an attempt ended that came to an error. A log-in that is refused is the operator's to mend, and nothing is wrong with the mail.
 * @example readMailFailure({ code: 'EENVELOPE', responseCode: 550, response: '550 no such user' }, 10_000)
 */
export function readMailFailure(error: MailFailure, timeoutMs: number): AttemptEnd {
  const { code = 'unknown', responseCode, response = '' } = error;
  if (code === 'EAUTH')
    return { kind: 'lost', error: `the mail server refused the log-in (${responseCode ?? 'no reply'})` };
  if (code === 'ETLS')
    return { kind: 'lost', error: 'the mail server does not do the TLS that SMTP_SECURITY asks for' };
  if (code === 'EABORT' || code === 'ETIMEDOUT')
    return { kind: 'lost', error: `the mail server did not take it within ${timeoutMs} ms` };
  if (responseCode !== undefined && responseCode >= 400)
    return { kind: 'replied', code: responseCode, text: plain(response) };
  return {
    kind: 'lost',
    error: `the mail server could not be reached or broke off (${error.originalCode ?? code})`,
  };
}

/**
 * How an attempt ended that the mail server took for some recipients at least. Where one is to be tried again, all are: a mail that comes
 * twice, under one Message-ID, costs less than one that does not.
 */
export function readRefusals(refusals: readonly MailFailure[]): AttemptEnd {
  const later = refusals.find(({ responseCode = 0 }) => responseCode < 500);
  if (later !== undefined) return { kind: 'replied', code: later.responseCode ?? 451, text: wordsOf(later) };
  return { kind: 'replied', code: 250, text: refusals.map(wordsOf).join('; ') };
}

function wordsOf({ recipient = 'a recipient', response = '' }: MailFailure): string {
  return `${recipient}: ${plain(response)}`;
}

/** The server's words, which go into a log. */
function plain(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').slice(0, MAX_TEXT);
}
