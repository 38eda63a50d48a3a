import { setTimeout as delay } from 'node:timers/promises';

import { readEventStream, StreamEvent } from './event-stream';

const TIMEOUT_MS = 15_000;
/** A token is renewed when it has no more than this left. */
const RENEW_BEFORE_MS = 60_000;
const RECONNECT_MS = 500;
/** A rate limit is over within a minute; whoever is told to wait longer has done something else. */
const MAX_WAIT_MS = 60_000;

/** A refusal, in the product's own words. */
export class ProductError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'ProductError';
  }
}

/** How the caller proves who it is. */
type Credentials = { readonly username: string; readonly password: string } | { readonly token: string };

interface AccessToken {
  readonly text: string;
  readonly goodUntilMs: number;
}

/** The product's own API, called over HTTP as any user would. */
export class ProductClient {
  private access: AccessToken | null = null;

  constructor(
    /** Without a trailing slash. */
    readonly url: string,
    private readonly credentials: Credentials,
    /** Ends whatever is under way. */
    private readonly signal: AbortSignal,
  ) {}

  /** The `data` of the answer. Throws  ProductError where the product refuses. */
  get<Data>(path: string): Promise<Data> {
    return this.call('GET', path);
  }

  /** The `data` of the answer. Throws  ProductError where the product refuses. */
  post<Data>(path: string, body: object): Promise<Data> {
    return this.call('POST', path, body);
  }

  /** Throws  ProductError where the product refuses. */
  async delete(path: string): Promise<void> {
    await this.call('DELETE', path);
  }

  /** A token that holds for a minute at least. Throws  ProductError where the product refuses the credentials. */
  async token(): Promise<string> {
    if ('token' in this.credentials) return this.credentials.token;
    if (this.access === null || Date.now() > this.access.goodUntilMs - RENEW_BEFORE_MS) {
      const answer = await this.send('POST', '/api/auth/login', {}, this.credentials);
      const { token, expires_in } = await readData<{ token: string; expires_in: number }>(answer);
      this.access = { text: token, goodUntilMs: Date.now() + expires_in * 1_000 };
    }
    return this.access.text;
  }

  /**
   * Follows a stream of events, for good: a connection that breaks is made again after the last event.
   * `onOpen` is called at every connection, once nothing can be missed any more. Throws  ProductError where the product refuses.
   */
  async *follow(path: string, onOpen: () => void): AsyncGenerator<StreamEvent, void, undefined> {
    let lastId = '';
    for (;;) {
      try {
        const answer = await fetch(`${this.url}${path}`, {
          headers: {
            authorization: `Bearer ${await this.token()}`,
            ...(lastId !== '' && { 'last-event-id': lastId }),
          },
          signal: this.signal,
        });
        if (!answer.ok || answer.body === null) await readData(answer);
        onOpen();
        for await (const event of readEventStream(answer.body!.pipeThrough(new TextDecoderStream()))) {
          lastId = event.id;
          yield event;
        }
      } catch (error) {
        this.signal.throwIfAborted();
        if (error instanceof ProductError) throw error;
      }
      await delay(RECONNECT_MS, undefined, { signal: this.signal });
    }
  }

  private async call<Data>(method: string, path: string, body?: object): Promise<Data> {
    return readData<Data>(
      await this.send(method, path, { authorization: `Bearer ${await this.token()}` }, body),
    );
  }

  /** Sends a request, and sends it again where the product says that it was one too many and when to come again. */
  private async send(
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: object,
  ): Promise<Response> {
    for (;;) {
      const answer = await this.sendOnce(method, path, headers, body);
      const waitMs = Number(answer.headers.get('retry-after')) * 1_000;
      if (answer.status !== 429 || !(waitMs > 0 && waitMs <= MAX_WAIT_MS)) return answer;
      await answer.body?.cancel();
      await delay(waitMs, undefined, { signal: this.signal });
    }
  }

  private async sendOnce(
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: object,
  ): Promise<Response> {
    try {
      return await fetch(`${this.url}${path}`, {
        method,
        headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
        body: body && JSON.stringify(body),
        signal: AbortSignal.any([this.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
    } catch (error) {
      this.signal.throwIfAborted();
      throw noAnswer(this.url, error as Error);
    }
  }
}

/** What a person is told where nobody answers at an address. */
export function noAnswer(url: string, error: Error): Error {
  const { message } = error.cause instanceof Error ? error.cause : error;
  return new Error(`${url} does not answer: ${message}`);
}

/** The `data` of an answer in the product's envelope. Throws  ProductError for any other. */
async function readData<Data>(answer: Response): Promise<Data> {
  return dataOf(answer.status, await answer.text());
}

/**
 * The `data` in an answer's text.
 * Throws  ProductError with the product's message; with the start of the text where it is not the product that answers.
 */
export function dataOf<Data>(status: number, text: string): Data {
  let body: { status?: string; data?: Data; code?: string; message?: string };
  try {
    body = JSON.parse(text) as typeof body;
  } catch {
    throw new ProductError(
      status,
      'not-the-product',
      `Status ${status}, and no answer of the product: ${text.slice(0, 200)}`,
    );
  }
  if (body.status === 'success') return body.data as Data;
  throw new ProductError(status, body.code ?? 'unknown', body.message ?? `Status ${status}`);
}
