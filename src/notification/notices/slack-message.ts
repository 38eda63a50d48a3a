import type { Notice } from './notice';

const TITLES = {
  anomaly_detected: 'Anomaly detected',
  approval_needed: 'Approval needed',
  remediation_executed: 'Remediation executed',
  test: 'Test',
} as const satisfies Record<Notice['type'], string>;

/** What Slack takes: a header's text, a field's text, and fields in a section. */
const MAX_HEADER = 150;
const MAX_TEXT = 2_900;
const MAX_FIELD = 500;
const MAX_FIELDS = 10;

interface PlainText {
  readonly type: 'plain_text';
  readonly text: string;
  readonly emoji: false;
}

/** A message as Slack's incoming webhooks take it. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly object[];
}

/**
 * A notice as Slack shows it. Everything is plain text: labels and titles are written by others, and must neither mention a channel nor
 * hide a link. `text`, which Slack reads as its own mark-up in lists and on phones, has the characters escaped that begin one.
 * @example slackMessage(testNotice('k', 'on-call')).text // 'Test: A test of the endpoint on-call'
 */
export function slackMessage({ type, severity, labels, summary }: Notice): SlackMessage {
  const title = severity === null ? TITLES[type] : `${TITLES[type]} (${severity})`;
  const fields = Object.entries(labels ?? {})
    .slice(0, MAX_FIELDS)
    .map(([name, value]) => plain(`${name}: ${value}`, MAX_FIELD));
  return {
    text: escaped(cut(`${title}: ${summary}`, MAX_TEXT)),
    blocks: [
      { type: 'header', text: plain(title, MAX_HEADER) },
      { type: 'section', text: plain(summary, MAX_TEXT), ...(fields.length > 0 && { fields }) },
    ],
  };
}

function plain(text: string, max: number): PlainText {
  return { type: 'plain_text', text: cut(text, max), emoji: false };
}

/** By characters as people see them, so that none is cut in two. */
function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const characters = Array.from(text.slice(0, max));
  return `${characters.slice(0, -2).join('')}…`;
}

/** Slack's three control characters. Source  Slack, "Formatting text for app surfaces", escaping text. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
