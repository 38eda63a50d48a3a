import fc from 'fast-check';

import { linksOf } from './link';
import { type Notice, testNotice } from './notice';
import { slackMessage } from './slack-message';

const NO_LINKS = linksOf('');
const notice = (more: Partial<Notice>): Notice => ({ ...testNotice('key', 'on-call'), ...more });

describe('a message in Slack', () => {
  it('says what happened, how severe it is and where', () => {
    const message = slackMessage(
      notice({
        type: 'anomaly_detected',
        severity: 'high',
        labels: { service: 'cart' },
        summary: 'Latency is up',
      }),
      NO_LINKS,
    );
    expect(message.text).toBe('Anomaly detected (high): Latency is up');
    expect(message.blocks).toEqual([
      { type: 'header', text: { type: 'plain_text', text: 'Anomaly detected (high)', emoji: false } },
      {
        type: 'section',
        text: { type: 'plain_text', text: 'Latency is up', emoji: false },
        fields: [{ type: 'plain_text', text: 'service: cart', emoji: false }],
      },
    ]);
  });

  it('mentions nobody and hides no link, whatever titles and labels say', () => {
    const hostile = '<!channel> <https://evil.example|click> *bold* & more';
    const message = slackMessage(notice({ summary: hostile, labels: { a: hostile } }), NO_LINKS);
    expect(message.text).toBe('Test: &lt;!channel&gt; &lt;https://evil.example|click&gt; *bold* &amp; more');
    expect(JSON.stringify(message.blocks)).not.toContain('mrkdwn');
  });

  it('leads to where more is to be read', () => {
    const { blocks } = slackMessage(
      notice({ about: { kind: 'incident', id: 4 } }),
      linksOf('https://ops.example'),
    );
    expect(blocks.at(-1)).toEqual({
      type: 'context',
      elements: [{ type: 'mrkdwn', text: '<https://ops.example/api/incidents/4|Read more>' }],
    });
  });

  it('of several notices lists the first, and counts the others', () => {
    const members = Array.from({ length: 25 }, (_, index) => ({
      at: '2026-01-01T00:00:00Z',
      notice: notice({ type: 'anomaly_detected', severity: 'low', summary: `number ${index}` }),
    }));
    const [, , list] = slackMessage(notice({ type: 'digest', members }), NO_LINKS).blocks as {
      text: { type: string; text: string };
    }[];
    expect(list.text.type).toBe('plain_text');
    expect(list.text.text.split('\n')).toHaveLength(21);
    expect(list.text.text).toContain('• Anomaly detected (low): number 0\n');
    expect(list.text.text.endsWith('and 5 more')).toBe(true);
  });

  it('stays within what Slack takes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 20_000 }),
        fc.dictionary(fc.string(), fc.string({ maxLength: 3_000 }), { maxKeys: 30 }),
        (summary, labels) => {
          const [, section] = slackMessage(notice({ summary, labels }), NO_LINKS).blocks as {
            text: { text: string };
            fields?: { text: string }[];
          }[];
          expect(section.text.text.length).toBeLessThanOrEqual(3_000);
          expect(section.fields?.length ?? 0).toBeLessThanOrEqual(10);
          expect(section.fields?.every(({ text }) => text.length <= 2_000) ?? true).toBe(true);
        },
      ),
    );
  });
});
