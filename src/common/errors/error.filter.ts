import { ArgumentsHost, Catch, ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import type { Dialect, DialectTraits } from '../http/dialect';
import { RouteTable } from '../http/route-table';
import { DomainError } from './domain-error';
import { answerError, ErrorAnswer } from './error-answer';

/** Turns every thrown value into the error contract, and logs what a caller may not see under the request's id. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(private readonly routes: RouteTable) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const allowed = this.allowedMethods(error, request);
    const answer = answerError(allowed === null ? error : methodNotAllowed(request.method, allowed));
    if (answer.status >= 500 && !isDeliberate(error)) request.log.error({ err: error }, 'request failed');
    if (reply.sent || reply.raw.headersSent) {
      // A stream that has begun cannot change its status: cutting the connection is the only honest end.
      reply.raw.destroy();
      return;
    }
    if (allowed !== null) reply.header('allow', allowed.join(', '));
    const { dialect = this.routes.dialectAt(request.url) } = request.routeOptions.config as DialectTraits;
    sendError(reply, request, answer, dialect);
  }

  /** A known path with another method is 405, not 404: the methods that it has, or null where that is not the matter. */
  private allowedMethods(error: unknown, request: FastifyRequest): string[] | null {
    const isUnrouted = request.routeOptions.url === undefined;
    if (!isUnrouted || !(error instanceof HttpException) || error.getStatus() !== 404) return null;
    const allowed = this.routes.methodsOf(request.url);
    return allowed.length === 0 ? null : allowed;
  }
}

/** Who is told to come again later was turned away on purpose: an error for each of a flood would be a flood of its own. */
function isDeliberate(error: unknown): boolean {
  return error instanceof DomainError && error.retryAfterSeconds !== undefined && error.cause === undefined;
}

function methodNotAllowed(method: string, allowed: readonly string[]): DomainError {
  return new DomainError(
    'method_not_allowed',
    'request/method-not-allowed',
    `Method ${method} not allowed; this path answers ${allowed.join(', ')}`,
  );
}

/** Writes an error answer with the contract's headers, in the words of the contract or of a dialect. */
export function sendError(
  reply: FastifyReply,
  request: FastifyRequest,
  answer: ErrorAnswer,
  dialect: Dialect | null = null,
): void {
  if (answer.retryAfterSeconds !== undefined) reply.header('retry-after', String(answer.retryAfterSeconds));
  if (answer.status === 401) reply.header('www-authenticate', 'Bearer');
  if (dialect === null) {
    reply
      .status(answer.status)
      .header('content-type', 'application/json; charset=utf-8')
      .send({ ...answer.body, request_id: request.id });
    return;
  }
  const { status, contentType, body } = dialect.wordError(answer, request);
  reply.status(status).header('content-type', contentType).send(body);
}
