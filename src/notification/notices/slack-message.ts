import type { Links } from './link';
import { type Notice, titleOf } from './notice';

/** What Slack takes: a header's text, a section's, a field's, and fields in a section. */
const MAX_HEADER = 150;
const MAX_TEXT = 2_900;
const MAX_FIELD = 500;
const MAX_FIELDS = 10;
/** Of a digest; the others are counted. */
const MAX_LINES = 20;
const MAX_LINE = 140;

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
 * hide a link. `text`, which Slack reads as its own mark-up in lists and on phones, has the characters escaped that begin one. The one
 * link is of our own making.
 * @example slackMessage(testNotice('k', 'on-call'), linksOf('')).text // 'Test: A test of the endpoint on-call'
 */
export function slackMessage(notice: Notice, links: Links): SlackMessage {
  const { summary, labels, members } = notice;
  const title = titleOf(notice);
  const fields = Object.entries(labels ?? {})
    .slice(0, MAX_FIELDS)
    .map(([name, value]) => plain(`${name}: ${value}`, MAX_FIELD));
  const url = links.of(notice);
  return {
    text: escaped(cut(`${title}: ${summary}`, MAX_TEXT)),
    blocks: [
      { type: 'header', text: plain(title, MAX_HEADER) },
      { type: 'section', text: plain(summary, MAX_TEXT), ...(fields.length > 0 && { fields }) },
      ...(members.length > 0 ? [{ type: 'section', text: plain(listOf(notice), MAX_TEXT) }] : []),
      ...(url === null
        ? []
        : [{ type: 'context', elements: [{ type: 'mrkdwn', text: `<${escaped(url)}|Read more>` }] }]),
    ],
  };
}

function listOf({ members }: Notice): string {
  const lines = members
    .slice(0, MAX_LINES)
    .map(({ notice }) => cut(`• ${titleOf(notice)}: ${notice.summary.replaceAll('\n', ' ')}`, MAX_LINE));
  const left = members.length - lines.length;
  return [...lines, ...(left > 0 ? [`and ${left} more`] : [])].join('\n');
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
