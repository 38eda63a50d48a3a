import type { Links } from './link';
import { mailMessage } from './mail-message';
import type { Notice } from './notice';
import { slackMessage } from './slack-message';
import { webhookMessage } from './webhook-message';

/** How an endpoint is spoken to. */
export const ENDPOINT_KINDS = ['webhook', 'slack', 'email'] as const;
export type EndpointKind = (typeof ENDPOINT_KINDS)[number];

const MESSAGES = {
  webhook: webhookMessage,
  slack: slackMessage,
  email: mailMessage,
} as const satisfies Record<EndpointKind, (notice: Notice, links: Links, at: Date) => object>;

/** The body that tells an endpoint of a notice: made once, so that every attempt says the same. */
export function messageFor(kind: EndpointKind, notice: Notice, links: Links, at: Date): string {
  return JSON.stringify(MESSAGES[kind](notice, links, at));
}
