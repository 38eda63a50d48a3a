import { Readable } from 'node:stream';

import { EgressClient } from '../../egress/egress.client';
import type { AwsSettings } from './aws-settings';
import { InvalidTarget } from './execution.errors';
import type { ExecutionTarget } from './executor.port';

const CALL_MS = 30_000;
const MAX_ANSWER_BYTES = 1024 * 1024;
/** The egress client frames and names the message itself, from the same URL that was signed. */
const FRAMING = ['host', 'content-length', 'expect', 'connection', 'transfer-encoding', 'accept-encoding'];

/** The part of a request of the SDK that counts here. */
interface SdkRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/**
 * What every client of the SDK is opened with: the target's own credentials and none of the machine's, one attempt a call, since the
 * ledger repeats, and the egress client as the only way out.
 * Throws  InvalidTarget where the target has no credentials.
 */
export function awsClientConfig(
  egress: EgressClient,
  { name, secrets }: ExecutionTarget,
  { region, endpoint }: AwsSettings,
  signal: AbortSignal,
) {
  const [accessKeyId, secretAccessKey] = [secrets.open('access_key_id'), secrets.open('secret_access_key')];
  const sessionToken = secrets.open('session_token');
  if (accessKeyId === null || secretAccessKey === null)
    throw new InvalidTarget(
      `${name} has no credentials; set secrets.access_key_id and secrets.secret_access_key`,
    );
  return {
    region,
    ...(endpoint !== null && { endpoint }),
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== null && { sessionToken }) },
    maxAttempts: 1,
    // Said here, so that the files and variables of the machine change nothing.
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    requestHandler: {
      handle: async (request: SdkRequest) => {
        const headers = Object.entries(request.headers).filter(
          ([header]) => !FRAMING.includes(header.toLowerCase()),
        );
        const {
          status,
          headers: answered,
          body,
        } = await egress.fetch({
          url: urlOf(request),
          method: request.method,
          headers: Object.fromEntries(headers),
          ...(isBytes(request.body) && { body: request.body }),
          timeoutMs: CALL_MS,
          maxBytes: MAX_ANSWER_BYTES,
          signal,
        });
        return { response: { statusCode: status, headers: { ...answered }, body: Readable.from([body]) } };
      },
    },
  };
}

function urlOf({ protocol, hostname, port, path, query = {} }: SdkRequest): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const text of Array.isArray(value) ? value : [value ?? '']) parameters.append(name, text);
  const search = parameters.size === 0 ? '' : `?${parameters.toString()}`;
  return `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}${search}`;
}

function isBytes(body: unknown): body is string | Uint8Array {
  return typeof body === 'string' || body instanceof Uint8Array;
}
