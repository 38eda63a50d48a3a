import { createReadStream } from 'node:fs';
import { IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';

import { dataOf } from './product-client';

/** A refusal may arrive just before the connection ends, and the end be noticed first. */
const LAST_WORD_MS = 500;

export interface CsvUpload {
  readonly url: string;
  readonly token: string;
  readonly path: string;
  readonly bytes: number;
  readonly signal: AbortSignal;
  /** Hears how many bytes are on their way. */
  readonly onSent: (bytes: number) => void;
}

/**
 * Sends a file as the body of one request, in constant memory, and gives the `data` of the answer.
 * Throws  ProductError where the product refuses, also halfway; Error where the connection breaks without a word.
 */
export async function uploadCsv<Data>({ url, token, path, bytes, signal, onSent }: CsvUpload): Promise<Data> {
  const open = url.startsWith('https:') ? requestHttps : requestHttp;
  const request = open(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv', 'content-length': bytes },
    signal,
  });
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
  }).then(async (response) => dataOf<Data>(response.statusCode ?? 0, await text(response)));
  const sent = pipeline(
    createReadStream(path, { start: 0, end: Math.max(0, bytes - 1) }),
    counted(onSent),
    request,
  );
  // Refused halfway, the file cannot be sent to its end; what counts is the answer.
  const broken = sent.then(
    () => answer,
    async (error: Error) => {
      await delay(LAST_WORD_MS);
      throw error;
    },
  );
  broken.catch(() => undefined);
  return Promise.race([answer, broken]);
}

function counted(onSent: (bytes: number) => void) {
  return async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
    let sent = 0;
    for await (const chunk of chunks) {
      yield chunk;
      sent += chunk.length;
      onSent(sent);
    }
  };
}
