import { mailFaults, type MailSettings } from './mail-faults';

const SET: MailSettings = {
  host: 'mail.example.org',
  security: 'starttls',
  user: 'ops',
  password: 'p',
  from: 'ops@example.org',
};

describe('the settings of mail', () => {
  it.each<[string, Partial<MailSettings>, string | null]>([
    ['hold where all are there', {}, null],
    ['hold where nobody logs in', { user: '', password: undefined }, null],
    ['hold where nothing is set', { host: '', from: '', user: '', password: undefined }, null],
    ['hold in the open on this machine', { security: 'none', host: '127.0.0.1' }, null],
    ['refuse to go in the open', { security: 'none' }, 'may be none only'],
    [
      'refuse names that only look like this machine',
      { security: 'none', host: '127.0.0.1.evil.example' },
      'may be none only',
    ],
    ['need a sender', { from: '' }, 'SMTP_FROM must be a mail address'],
    ['need a sender that is one', { from: 'ops@example.org\r\nBcc: x@example.org' }, 'SMTP_FROM'],
    ['need a password with the user', { password: undefined }, 'together'],
    ['need a user with the password', { user: '' }, 'together'],
  ])('%s', (_, more, words) => {
    const faults = mailFaults({ ...SET, ...more });
    if (words === null) expect(faults).toEqual([]);
    else expect(faults).toEqual([expect.stringContaining(words)]);
  });
});
