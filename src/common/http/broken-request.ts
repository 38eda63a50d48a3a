import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { InvalidInput } from '../errors/domain-error';
import { sendError } from '../errors/error.filter';
import { answerError } from '../errors/error-answer';
import type { RouteTable } from './route-table';

/** What matters of the security headers where the plugin that sets them does not get to. */
const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/**
 * A URL that cannot be read (`/%ff`, an endless id) reaches no route and so no hook: this adds what those would, in the words that are spoken
 * there.
 */
export function answerUnroutable(
  routes: RouteTable,
): (error: Error, request: FastifyRequest, reply: FastifyReply) => void {
  return (_error, request, reply) => {
    reply.header('x-request-id', request.id);
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) reply.header(name, value);
    sendError(reply, request, answerError({ statusCode: 400 }), routes.dialectAt(request.url));
  };
}

/** A request that is not HTTP, or takes for ever, gets the error contract as well, on the bare socket. */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const timedOut = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const { body } = answerError({ statusCode: 400 });
  const text = JSON.stringify({
    ...body,
    ...(timedOut && { message: 'Request timed out', code: 'request/timeout' }),
    request_id: randomUUID(),
  });
  const head = [
    `HTTP/1.1 ${timedOut ? '408 Request Timeout' : '400 Bad Request'}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(text)}`,
    ...Object.entries(SECURITY_HEADERS).map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`);
}

/**
 * Two things that Node would answer by itself, without the error contract: a request that names no host (its own check is switched
 * off by `requireHostHeader: false`) or two, and one that expects what nobody knows, which is served as if it did not.
 */
export function takeOverFromNode(server: FastifyInstance): void {
  server.server.on('checkExpectation', (request, response) =>
    server.server.emit('request', request, response),
  );
  server.addHook('onRequest', (request, _reply, done) => {
    const { httpVersion, rawHeaders } = request.raw;
    let hosts = 0;
    for (let name = 0; name < rawHeaders.length; name += 2)
      if (rawHeaders[name].length === 4 && rawHeaders[name].toLowerCase() === 'host') hosts++;
    done(
      hosts > 1 || (hosts === 0 && httpVersion === '1.1')
        ? new InvalidInput('A request names exactly one host')
        : undefined,
    );
  });
}
