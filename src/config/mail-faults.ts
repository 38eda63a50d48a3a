import { isIPv4 } from 'node:net';

import { isMailAddress } from '../common/mail-address';

/** How mails are handed over: with TLS from the start, with TLS that is asked for and must come, or in the open. */
export const MAIL_SECURITIES = ['tls', 'starttls', 'none'] as const;
export type MailSecurity = (typeof MAIL_SECURITIES)[number];

/** What is configured of mail, as far as parts of it need each other. */
export interface MailSettings {
  readonly host: string;
  readonly security: MailSecurity;
  readonly user: string;
  readonly password?: string;
  readonly from: string;
}

/**
 * What does not hold together, a sentence each. In the open goes only what stays on this machine.
 * @example mailFaults({ host: '', security: 'starttls', user: '', from: '' }) // []
 */
export function mailFaults({ host, security, user, password, from }: MailSettings): string[] {
  if (host === '') return [];
  return [
    ...(isMailAddress(from) ? [] : ['SMTP_FROM must be a mail address where SMTP_HOST is set']),
    ...(security === 'none' && !isLoopback(host)
      ? [
          'SMTP_SECURITY may be none only where SMTP_HOST is this machine: mails and the password would be readable',
        ]
      : []),
    ...((user === '') === (password === undefined)
      ? []
      : ['SMTP_USER and SMTP_PASSWORD must be set together']),
  ];
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}
