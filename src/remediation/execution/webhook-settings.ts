import { ACTION_TYPES, type ActionType } from '../actions/action-type';
import type { JsonObject, JsonValue } from './json';
import { SettingsReader } from './settings-reader';

/** How one action type is told. */
export interface WebhookRoute {
  /** Appended to the URL of the target. */
  readonly path: string;
  /** What is sent instead of the usual message; see `webhook-request.ts`. */
  readonly body: JsonValue | undefined;
}

export interface WebhookSettings {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly routes: ReadonlyMap<ActionType, WebhookRoute>;
  /** Whether types without a route are refused; else they go to the URL as it is. */
  readonly hasOnlyRoutes: boolean;
  readonly success: {
    /** Empty: every 2xx. */
    readonly statuses: readonly number[];
    /** Where in the answer's JSON stands the word on which success depends; null: on the status alone. */
    readonly pointer: string | null;
    readonly equals: JsonValue | undefined;
  };
  /** Where in the answer's JSON stands a sentence for people; nothing else of an answer is shown. */
  readonly messagePointer: string | null;
  /** Whether a 5xx of the target says that nothing was done. */
  readonly errorsMeanNoEffect: boolean;
  /** Whether the target does nothing twice for one Idempotency-Key. */
  readonly isIdempotent: boolean;
  /** Whether the target knows `is_dry_run`; else it is never sent a dry run. */
  readonly supportsDryRun: boolean;
}

/** What the executor sets itself, and what would be a secret in the open. */
const RESERVED_HEADERS =
  /^(webhook-.*|idempotency-key|x-fencing-token|authorization|proxy-.*|cookie|content-.*|host|connection|accept-encoding|te|trailer|transfer-encoding|upgrade|expect|keep-alive)$/i;
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/;
const HEADER_VALUE = /^[\t\x20-\x7e]{1,500}$/;
const PATH = /^\/[\w\-.~/%?=&:@+,;]{0,500}$/;
const POINTER = /^\/[^\p{Cc}]{0,499}$/u;
const MAX_HEADERS = 20;

/**
 * The settings of a webhook.
 * Throws  InvalidTarget for members that are missing, unknown or out of range.
 * @example readWebhookSettings({ url: 'https://ops.example/hook' })
 */
export function readWebhookSettings(value: JsonObject): WebhookSettings {
  const settings = new SettingsReader(value);
  const url = settings.requiredText('url', 2_000);
  const headers = settings.textEntries('headers');
  if (headers.length > MAX_HEADERS) settings.fail('headers', `at most ${MAX_HEADERS} headers`);
  for (const [name, text] of headers)
    if (!HEADER_NAME.test(name) || RESERVED_HEADERS.test(name) || !HEADER_VALUE.test(text))
      settings.fail(
        `headers[${JSON.stringify(name.slice(0, 64))}]`,
        'a header of your own with one line of ASCII; signatures, keys and framing are set by the product, authorization is a secret',
      );
  const routes = settings.entries('actions', ACTION_TYPES).map(([type, route]) => {
    const path = route.text('path') ?? '';
    if (path !== '' && !PATH.test(path)) route.fail('path', 'a path that starts with / and has no fragment');
    const body = route.json('body');
    route.end();
    return [type as ActionType, { path, body }] as const;
  });
  const success = settings.section('success');
  const read: WebhookSettings = {
    url,
    headers: Object.fromEntries(headers),
    routes: new Map(routes),
    hasOnlyRoutes: settings.flag('only_mapped_actions'),
    success: {
      statuses: success?.integers('statuses', 200, 399, 20) ?? [],
      pointer: success === null ? null : readPointer(success, 'pointer'),
      equals: success?.json('equals'),
    },
    messagePointer: readPointer(settings, 'message_pointer'),
    errorsMeanNoEffect: settings.flag('errors_mean_no_effect'),
    isIdempotent: settings.flag('is_idempotent'),
    supportsDryRun: settings.flag('supports_dry_run'),
  };
  if (success !== null && (read.success.pointer === null) !== (read.success.equals === undefined))
    success.fail('pointer', 'there together with equals');
  success?.end();
  settings.end();
  return read;
}

function readPointer(reader: SettingsReader, name: string): string | null {
  const pointer = reader.text(name, 500);
  if (pointer !== null && !POINTER.test(pointer)) reader.fail(name, 'a JSON pointer such as /result/status');
  return pointer;
}
