import fc from 'fast-check';

import { linksOf } from './link';
import { mailMessage } from './mail-message';
import { type Notice, testNotice } from './notice';

const LINKS = linksOf('https://ops.example');
const notice = (more: Partial<Notice>): Notice => ({
  ...testNotice('key', 'on-call'),
  type: 'anomaly_detected',
  severity: 'high',
  ...more,
});

describe('a mail', () => {
  it('says what happened, how severe it is, where, and where more is to be read', () => {
    const mail = mailMessage(
      notice({
        summary: 'Latency is up',
        labels: { service: 'cart' },
        about: { kind: 'anomaly', id: 7 },
        data: { anomaly_id: 7, labels: { service: 'cart' } },
      }),
      LINKS,
    );
    expect(mail.subject).toBe('Anomaly detected (high): Latency is up');
    expect(mail.text).toBe(
      'Anomaly detected (high): Latency is up\n\nservice: cart\nanomaly_id: 7\n\nhttps://ops.example/api/anomalies/7\nLog in: https://ops.example/api/docs\n',
    );
    expect(mail.html).toContain('<th align="left">service</th><td>cart</td>');
  });

  it.each<[string, Partial<Notice>, string | null]>([
    ['of an incident are one thread', { incidentId: 3, about: { kind: 'anomaly', id: 7 } }, 'incident.3'],
    ['of an anomaly that is in none as well', { about: { kind: 'anomaly', id: 7 } }, 'anomaly.7'],
    ['about nothing are none', {}, null],
  ])('those %s', (_, more, thread) => {
    expect(mailMessage(notice(more), LINKS).thread).toBe(thread);
  });

  it('of several notices lists them, each with its link', () => {
    const members = [1, 2].map((id) => ({
      at: '2026-01-01T00:00:00Z',
      notice: notice({ summary: `number ${id}`, about: { kind: 'anomaly', id } }),
    }));
    const { text, html } = mailMessage(notice({ members }), LINKS);
    expect(text).toContain(
      '- Anomaly detected (high): number 1\n  https://ops.example/api/anomalies/1\n- Anomaly',
    );
    expect(html.match(/<li>/g)).toHaveLength(2);
  });

  it('has no line and no mark-up that a title or a label made', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 500 }),
        fc.constantFrom('\r\nBcc: evil@example.org', '\n\n<script>', '\u2028x', '\0'),
        (text, hostile) => {
          const said = `${text}${hostile}`;
          const mail = mailMessage(notice({ summary: said, labels: { [said]: said } }), LINKS);
          expect(mail.subject).not.toMatch(/[\r\n\0\u2028]/);
          expect(Array.from(mail.subject).length).toBeLessThanOrEqual(200);
          expect(mail.text.split('\n')).toHaveLength(6);
          expect(mail.html).not.toContain('<script');
        },
      ),
    );
  });
});
