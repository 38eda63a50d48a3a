import { CallHandler, ExecutionContext, Injectable, NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { lastValueFrom, Observable, of } from 'rxjs';

import { refuseHostileInput } from '../common/http/hostile-json';
import { isIdempotencyKey } from '../database/idempotency';
import { InvalidIdempotencyKey } from '../database/idempotency.errors';
import { Idempotency, KeptAnswer } from '../database/idempotency.service';
import { callerOf } from './caller';

/** Headers that handlers set, and that belong to the answer. */
const KEPT_HEADERS = ['etag', 'location'] as const;

/** Answers a request that is sent again under the same `Idempotency-Key` as it was answered before. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly idempotency: Idempotency) {}

  intercept(
    context: ExecutionContext,
    next: CallHandler,
  ): Observable<unknown> | Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const key = request.headers['idempotency-key'];
    if (key === undefined) return next.handle();
    return this.once(String(key), request, http.getResponse<FastifyReply>(), next);
  }

  private async once(
    key: string,
    request: FastifyRequest,
    reply: FastifyReply,
    next: CallHandler,
  ): Promise<Observable<unknown>> {
    if (!isIdempotencyKey(key)) throw new InvalidIdempotencyKey();
    const { params, query, body } = request;
    // Before the fingerprint walks through it.
    refuseHostileInput([params, query, body]);
    const route = `${request.method} ${request.routeOptions.url}`;
    const { answer, isReplayed } = await this.idempotency.once(
      { caller: callerOf(request), route, key, params, query, body },
      async () => answerOf(reply, await lastValueFrom(next.handle())),
    );
    if (isReplayed)
      reply.status(answer.status).headers({ ...answer.headers, 'idempotency-replayed': 'true' });
    return of(answer.body);
  }
}

function answerOf(reply: FastifyReply, body: unknown): KeptAnswer {
  const headers = KEPT_HEADERS.map((name) => [name, reply.getHeader(name)] as const);
  const kept = headers.filter(
    (header): header is [(typeof KEPT_HEADERS)[number], string] => header[1] !== undefined,
  );
  return { status: reply.statusCode, headers: Object.fromEntries(kept), body };
}
