import { createReadStream } from 'node:fs';
import { IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

import { dataOf, noAnswer } from './product-client';

interface CsvUpload {
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
    request.once('error', (error) => reject(noAnswer(new URL(url).origin, error)));
  }).then(async (response) => dataOf<Data>(response.statusCode ?? 0, await text(response)));
  const file = createReadStream(path, { start: 0, end: Math.max(0, bytes - 1) });
  // Refused halfway, the file cannot be sent to its end; what counts is the answer. A file that cannot be read breaks the request.
  pipeline(file, counted(onSent), request).catch(() => undefined);
  return answer;
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
