import type { Notice } from './notice';
import { slackMessage } from './slack-message';

/** How an endpoint is spoken to. */
export const ENDPOINT_KINDS = ['webhook', 'slack'] as const;
export type EndpointKind = (typeof ENDPOINT_KINDS)[number];

/**
 * The body that tells an endpoint of a notice: made once, so that every attempt sends the same bytes.
 * Source  Standard Webhooks for webhooks: `{type, timestamp, data}`.
 */
export function messageFor(kind: EndpointKind, notice: Notice, at: Date): string {
  if (kind === 'slack') return JSON.stringify(slackMessage(notice));
  const { type, summary, data } = notice;
  return JSON.stringify({ type, timestamp: at.toISOString(), data: { summary, ...data } });
}
