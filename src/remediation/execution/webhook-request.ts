import type { StepOrder } from './executor.port';
import { at, JsonObject, JsonValue } from './json';
import type { WebhookSettings } from './webhook-settings';

/** What a value of a body begins with that stands for one of the order's. */
const REFERENCE = '$/';

/** Where to and what to send, the signature apart. */
export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * What a webhook is told of a step. The body is the same to the byte over all attempts: a receiver that keeps to the key finds the
 * same request, and may refuse one that says something else under it.
 * A route's own body is sent with each text `$/pointer` replaced by that value of `data` as a whole: never inside a text, so no
 * value can become a part of something else.
 * @example bodyOf({ vars: { host: '$/parameters/host' } }, order) // '{"vars":{"host":"web-1"}}'
 */
export function webhookRequest(settings: WebhookSettings, order: StepOrder): WebhookRequest {
  const route = settings.routes.get(order.actionType);
  const data = dataOf(order);
  const message: JsonValue =
    route?.body === undefined
      ? { type: `remediation.${order.actionType}`, timestamp: order.orderedAt.toISOString(), data }
      : filled(route.body, data);
  return {
    url: `${route?.path ? settings.url.replace(/\/$/, '') : settings.url}${route?.path ?? ''}`,
    headers: {
      ...settings.headers,
      'content-type': 'application/json',
      'idempotency-key': order.stepId,
      'x-fencing-token': String(order.fence),
    },
    body: JSON.stringify(message),
  };
}

function dataOf(order: StepOrder): JsonObject {
  const { stepId, actionId, actionType, parameters, target, isDryRun } = order;
  return {
    step_id: stepId,
    action_id: actionId,
    action_type: actionType,
    parameters,
    target: { id: target.id, name: target.name },
    is_dry_run: isDryRun,
  };
}

function filled(template: JsonValue, data: JsonObject): JsonValue {
  if (typeof template === 'string')
    return template.startsWith(REFERENCE) ? (at(data, template.slice(1)) ?? null) : template;
  if (typeof template !== 'object' || template === null) return template;
  if (Array.isArray(template)) return template.map((item: JsonValue) => filled(item, data));
  return Object.fromEntries(Object.entries(template).map(([name, value]) => [name, filled(value, data)]));
}
