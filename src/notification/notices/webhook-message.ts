import type { Links } from './link';
import type { MessageType, Notice } from './notice';

/** A message as Standard Webhooks has it. */
export interface WebhookMessage {
  readonly type: MessageType;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * A notice for programs; that of a digest has those that it tells of in `data.notices`, each as it would have come by itself.
 * Source  Standard Webhooks: `{type, timestamp, data}`.
 */
export function webhookMessage(notice: Notice, links: Links, at: Date): WebhookMessage {
  const { type, summary, data, members } = notice;
  const url = links.of(notice);
  return {
    type,
    timestamp: at.toISOString(),
    data: {
      summary,
      ...data,
      ...(url !== null && { url }),
      ...(members.length > 0 && {
        notices: members.map((member) => webhookMessage(member.notice, links, new Date(member.at))),
      }),
    },
  };
}
