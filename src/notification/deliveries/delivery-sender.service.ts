import { Injectable } from '@nestjs/common';

import { signatureHeaders } from '../../common/http/webhook-signature';
import { Clock } from '../../common/time/clock';
import { EgressClient } from '../../egress/egress.client';
import { EndpointVault } from '../endpoints/endpoint-vault.service';
import type { MailMessage } from '../notices/mail-message';
import type { ClaimedDelivery } from './delivery.repository';
import { MailClient } from './mail.client';
import type { AttemptEnd } from './retry-decision';

/** For everything of one attempt together. */
export const ATTEMPT_TIMEOUT_MS = 10_000;
/** Nobody reads what endpoints answer. */
const MAX_ANSWER_BYTES = 64 * 1_024;

/** Sends a delivery once: by mail, or posted; a webhook's signed after Standard Webhooks. */
@Injectable()
export class DeliverySender {
  constructor(
    private readonly egress: EgressClient,
    private readonly vault: EndpointVault,
    private readonly mail: MailClient,
    private readonly clock: Clock,
  ) {}

  /** Never throws: where there is no answer, for whatever reason, it may be tried again. */
  send(claimed: ClaimedDelivery): Promise<AttemptEnd> {
    const { id, endpointId, mail, body } = claimed;
    if (mail === null) return this.post(claimed);
    const message = JSON.parse(body) as MailMessage;
    return this.mail.send({ id, endpointId, setting: mail, message }, ATTEMPT_TIMEOUT_MS);
  }

  private async post({ id, endpointId, kind, body }: ClaimedDelivery): Promise<AttemptEnd> {
    try {
      const { url, keys } = await this.vault.open(endpointId);
      const { status, headers } = await this.egress.fetch({
        url,
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/json',
          ...(kind === 'webhook' && signatureHeaders(keys, id, this.clock.now(), body)),
        },
        timeoutMs: ATTEMPT_TIMEOUT_MS,
        maxBytes: MAX_ANSWER_BYTES,
      });
      return { kind: 'answered', status, retryAfter: headers['retry-after'] ?? null };
    } catch (error) {
      return { kind: 'lost', error: (error as Error).message };
    }
  }
}
