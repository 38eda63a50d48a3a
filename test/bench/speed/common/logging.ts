import { CallHandler, ExecutionContext, Injectable, Logger, NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Histogram } from 'prom-client';
import { Observable, tap } from 'rxjs';

/** One line and one observation a request, as the guide's logging interceptor. */
@Injectable()
export class LoggingInterceptor implements NestInterceptor {
  private readonly logger = new Logger('HTTP');
  private readonly durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Duration of HTTP requests',
    labelNames: ['method', 'route', 'status'],
  });

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const { method, url, id, routeOptions } = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>().header('X-Request-Id', id);
    const start = Date.now();
    return next.handle().pipe(
      tap(() => {
        const ms = Date.now() - start;
        this.durations.observe({ method, route: routeOptions.url, status: reply.statusCode }, ms / 1_000);
        this.logger.log({ method, url, status: reply.statusCode, duration_ms: ms, request_id: id });
      }),
    );
  }
}
