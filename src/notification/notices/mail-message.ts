import type { Links } from './link';
import { type Notice, titleOf } from './notice';

const MAX_SUBJECT = 200;
const MAX_VALUE = 2_000;
/** What the first line says already. */
const SAID = ['title', 'severity'];

/** A mail, but for who sends it to whom. */
export interface MailMessage {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Mails of one thread are shown together; null where this one stands by itself. */
  readonly thread: string | null;
}

/**
 * A notice as a mail: plain text, and the same as simple HTML. Titles and labels are written by others: none of them makes a header, a
 * line of its own, or mark-up.
 * @example mailMessage(testNotice('k', 'on-call'), linksOf('')).subject // 'Test: A test of the endpoint on-call'
 */
export function mailMessage(notice: Notice, links: Links): MailMessage {
  const title = titleOf(notice);
  const summary = oneLine(notice.summary);
  const facts = factsOf(notice);
  const items = notice.members.map((member) => ({
    text: `${titleOf(member.notice)}: ${oneLine(member.notice.summary)}`,
    url: links.of(member.notice),
  }));
  const url = links.of(notice);
  const text = [
    `${title}: ${summary}`,
    ...(items.length > 0
      ? ['', ...items.map((item) => `- ${item.text}${item.url === null ? '' : `\n  ${item.url}`}`)]
      : []),
    ...(facts.length > 0 ? ['', ...facts.map(([name, value]) => `${name}: ${value}`)] : []),
    ...(url === null ? [] : ['', url]),
    ...(links.docs === null ? [] : [`Log in: ${links.docs}`]),
    '',
  ].join('\n');
  const html = [
    '<!doctype html><html><body>',
    `<h2>${escaped(title)}</h2><p>${escaped(summary)}</p>`,
    items.length > 0
      ? `<ul>${items.map((item) => `<li>${linked(escaped(item.text), item.url)}</li>`).join('')}</ul>`
      : '',
    facts.length > 0
      ? `<table>${facts.map(([name, value]) => `<tr><th align="left">${escaped(name)}</th><td>${escaped(value)}</td></tr>`).join('')}</table>`
      : '',
    url === null ? '' : `<p>${linked('Read more', url)}</p>`,
    links.docs === null ? '' : `<p>${linked('Log in', links.docs)}</p>`,
    '</body></html>',
  ].join('');
  return { subject: cut(`${title}: ${summary}`), text, html, thread: threadOf(notice) };
}

/** What belongs to an incident is one thread; else what is about the same anomaly or action. */
function threadOf({ incidentId, about }: Notice): string | null {
  if (incidentId !== null) return `incident.${incidentId}`;
  return about === null ? null : `${about.kind}.${about.id}`;
}

/** Labels first, then whatever programs are told that is a single value, and news. */
function factsOf({ labels, data }: Notice): [name: string, value: string][] {
  const told = Object.entries(data).filter(([name]) => !SAID.includes(name));
  return [...Object.entries(labels ?? {}), ...told].flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' || typeof value === 'number' || value === true
      ? [[oneLine(name), oneLine(value === true ? 'yes' : String(value)).slice(0, MAX_VALUE)]]
      : [],
  );
}

function linked(html: string, url: string | null): string {
  return url === null ? html : `<a href="${escaped(url)}">${html}</a>`;
}

/** Whatever ends a line or is no character at all is a blank. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

function cut(text: string): string {
  const characters = Array.from(text);
  return characters.length <= MAX_SUBJECT ? text : `${characters.slice(0, MAX_SUBJECT - 1).join('')}…`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
