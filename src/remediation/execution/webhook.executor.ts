import { Injectable } from '@nestjs/common';

import { readSigningSecret, signatureHeaders } from '../../common/http/webhook-signature';
import { Clock } from '../../common/time/clock';
import { EgressClient } from '../../egress/egress.client';
import type { ActionType } from '../actions/action-type';
import { InvalidTarget, OrderRefused } from './execution.errors';
import type { ExecutionTarget, Executor, StepOrder, StepOutcome } from './executor.port';
import { outcomeBeforeEffect, outcomeOfLostCall, outcomeWhereNotHeld } from './lost-call';
import { withoutSecrets } from './redacted-outcome';
import { judgeWebhookAnswer } from './webhook-answer';
import { webhookRequest } from './webhook-request';
import { readWebhookSettings, WebhookSettings } from './webhook-settings';

/** Larger answers are cut off: what counts of one are its status and a word. */
const MAX_ANSWER_BYTES = 256 * 1024;

/** Tells a service of the organisation's own to act: signed after Standard Webhooks, with a key and a fence for every attempt. */
@Injectable()
export class WebhookExecutor implements Executor {
  readonly kind = 'webhook';

  constructor(
    private readonly egress: EgressClient,
    private readonly clock: Clock,
  ) {}

  supports(type: ActionType, target: ExecutionTarget): boolean {
    const { routes, hasOnlyRoutes } = readWebhookSettings(target.settings);
    return !hasOnlyRoutes || routes.has(type);
  }

  isIdempotent({ target }: Pick<StepOrder, 'target'>): boolean {
    return readWebhookSettings(target.settings).isIdempotent;
  }

  async execute(order: StepOrder, log: (line: string) => void, signal: AbortSignal): Promise<StepOutcome> {
    const { target, timeoutMs } = order;
    let settings: WebhookSettings;
    let request: Parameters<EgressClient['fetch']>[0];
    try {
      settings = readWebhookSettings(target.settings);
      request = this.signed(settings, order);
    } catch (error) {
      return outcomeBeforeEffect(error);
    }
    const lost = outcomeWhereNotHeld(order);
    if (lost !== null) return lost;
    log(`telling ${target.name}: ${order.actionType}, attempt ${order.attempt}`);
    try {
      const answer = await this.egress.fetch({ ...request, timeoutMs, signal, maxBytes: MAX_ANSWER_BYTES });
      log(`${target.name} answered ${answer.status}`);
      return withoutSecrets(judgeWebhookAnswer(settings, answer), target.secrets);
    } catch (error) {
      return outcomeOfLostCall(error);
    }
  }

  /** Connects and hangs up: a message of any kind could be taken for an order. */
  async check(target: ExecutionTarget, signal: AbortSignal): Promise<string> {
    const { url } = readWebhookSettings(target.settings);
    keysOf(target);
    await this.egress.reach({ url, signal });
    return 'The receiver can be reached and the signing secret is set; nothing was sent';
  }

  private signed(settings: WebhookSettings, order: StepOrder) {
    const { target, isDryRun, stepId } = order;
    if (isDryRun && !settings.supportsDryRun)
      throw new OrderRefused(
        `${target.name} does not say that it knows dry runs (settings.supports_dry_run), so it is not sent one`,
      );
    const { url, headers, body } = webhookRequest(settings, order);
    const authorization = target.secrets.open('authorization');
    return {
      url,
      method: 'POST',
      body,
      headers: {
        ...headers,
        ...(authorization !== null && { authorization }),
        ...signatureHeaders(keysOf(target), stepId, this.clock.now(), body),
      },
    };
  }
}

/** One, or two while the receiver changes over. Throws InvalidTarget where there is none. */
function keysOf({ name, secrets }: ExecutionTarget): Buffer[] {
  const keys = ['signing_secret', 'next_signing_secret']
    .map((secret) => readSigningSecret(secrets.open(secret) ?? ''))
    .filter((key) => key !== null);
  if (keys.length === 0)
    throw new InvalidTarget(
      `${name} has no signing secret; set secrets.signing_secret with PUT /api/remediation/targets/{id}`,
    );
  return keys;
}
