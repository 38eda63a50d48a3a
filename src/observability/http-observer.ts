import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';

import { ANONYMOUS } from '../common/actor';
import { Metrics } from './metrics';
import { runInRequest } from './request-context';

/** Gives every request its context, its id in the answer, its place in the metrics, and one log line. */
export function observeRequests(fastify: FastifyInstance, metrics: Metrics, log: Logger): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    runInRequest({ requestId: request.id, address: request.ip, actor: ANONYMOUS }, done);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const seconds = reply.elapsedTime / 1_000;
    metrics.observeRequest(request.method, route, reply.statusCode, seconds);
    log.info(
      {
        method: request.method,
        route,
        status: reply.statusCode,
        duration_ms: Math.round(reply.elapsedTime),
        request_id: request.id,
      },
      'request',
    );
    done();
  });
}
