import { randomUUID } from 'node:crypto';

import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import { fastify as createFastify, type FastifyInstance, LogController, type RouteOptions } from 'fastify';

import { AppModule } from './app.module';
import { Access, RouteTraits } from './auth/access';
import { Authenticator } from './auth/authenticator';
import { answerBrokenRequest, answerUnroutable, takeOverFromNode } from './common/http/broken-request';
import { BODY_LIMIT_BYTES, readBodies } from './common/http/request-body';
import { RouteTable } from './common/http/route-table';
import { Config } from './config/config';
import { TrustedProxies } from './config/trusted-proxies';
import { describeApi } from './docs/openapi';
import { registerDocs } from './docs/swagger-ui';
import { JobsService } from './jobs/jobs.service';
import { observeRequests } from './observability/http-observer';
import { LogOutput } from './observability/log-output';
import { LogTail } from './observability/log-tail';
import { createLogger, createRequestLogger, NestLogger } from './observability/logger';
import { Metrics } from './observability/metrics';
import { findRequest } from './observability/request-context';

/**
 * The one way to build the server, for production and tests: everything wired, every route checked for its permission,
 * not yet listening. The database must be migrated. `prepare` may register jobs and subscribers before the first of them runs.
 */
export async function createApp(
  config: Config,
  databaseUrl: string,
  prepare: (app: NestFastifyApplication) => void = () => undefined,
): Promise<NestFastifyApplication> {
  const tail = new LogTail();
  const output = new LogOutput();
  const logger = createLogger(config.log.level, tail, output);
  const requestLogger = createRequestLogger(config.log.level, tail, output);
  const routes = new RouteTable();
  const server = createFastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    // The logger itself puts the request's id on every line.
    childLoggerFactory: (logger) => logger,
    trustProxy: trustOf(config.server.trustedProxies),
    bodyLimit: BODY_LIMIT_BYTES,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200 },
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    // Slow and idle connections end by themselves (safety T21); Fastify's own default for a request is no limit.
    requestTimeout: 30_000,
    keepAliveTimeout: 5_000,
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 2_000, requireHostHeader: false },
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: answerUnroutable(routes),
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.of(config, databaseUrl, routes, logger, tail),
    new FastifyAdapter(server as never),
    { logger: new NestLogger(logger), bodyParser: false, abortOnError: false },
  );
  observeRequests(server as unknown as FastifyInstance, app.get(Metrics), requestLogger);
  takeOverFromNode(server as unknown as FastifyInstance);
  await secure(server as unknown as FastifyInstance, config);
  readBodies(server as unknown as FastifyInstance);
  authenticateEarly(server as unknown as FastifyInstance, app, routes);
  registerDocs(server as unknown as FastifyInstance, config.server.docsPublic, () => describeApi(app));
  await app.init();
  prepare(app);
  await app.get(JobsService).start(databaseUrl);
  return app;
}

/** Which of the addresses in X-Forwarded-For, counted from the nearest, were written by a proxy of ours. */
function trustOf(proxies: TrustedProxies): false | string[] | ((address: string, hop: number) => boolean) {
  if (typeof proxies !== 'number') return [...proxies];
  return proxies === 0 ? false : (_, hop) => hop < proxies;
}

/** Security headers and CORS, on every answer. */
async function secure(server: FastifyInstance, config: Config): Promise<void> {
  const headers = await securityHeaders();
  server.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
  const origins = [...config.server.corsOrigins];
  await server.register(cors, {
    // Only browsers name an origin; whoever does not gets none of these headers.
    origin: (origin, done) => done(null, origin !== undefined && origins),
    methods: ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'],
    allowedHeaders: [
      'Content-Type',
      'Authorization',
      'X-Requested-With',
      'X-API-Key',
      'If-Match',
      'Idempotency-Key',
      'Last-Event-ID',
    ],
    exposedHeaders: [
      'X-Total-Count',
      'X-Request-Id',
      'Retry-After',
      'ETag',
      'X-RateLimit-Limit',
      'X-RateLimit-Remaining',
      'X-RateLimit-Reset',
      'Idempotency-Replayed',
    ],
    credentials: true,
  });
}

/** What helmet sets: the same on every answer, so it is asked once and not for each. */
async function securityHeaders(): Promise<Record<string, string>> {
  const probe = createFastify();
  await probe.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    frameguard: { action: 'deny' },
    hsts: { maxAge: 31_536_000, includeSubDomains: true },
    // For browsers and plugins that are gone. Every header costs, and past nineteen of an answer all of them cost twice: the engine then
    // keeps them in a hash table.
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xDnsPrefetchControl: false,
    originAgentCluster: false,
  });
  const bare = await createFastify().inject('/');
  const { headers } = await probe.inject('/');
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !(name in bare.headers))
      .map(([name, value]) => [name, String(value)]),
  );
}

/**
 * Authentication happens before the body is read, for every route by what the route itself declares (never by its path),
 * so that a stranger's request costs nothing. A route that declares no access fails the boot.
 */
function authenticateEarly(server: FastifyInstance, app: INestApplication, routes: RouteTable): void {
  const authenticator = app.get(Authenticator);
  server.decorateRequest('principal', null);
  server.addHook('onRoute', (route: RouteOptions) => {
    const { access, dialect } = (route.config ?? {}) as { access?: Access } & RouteTraits;
    for (const method of [route.method].flat()) routes.add(method, route.url, dialect);
    // The CORS preflight carries no credentials by definition.
    if (route.method === 'OPTIONS') return;
    if (access === undefined)
      throw new Error(`The route ${String(route.method)} ${route.url} declares no permission`);
    if (access.kind === 'public') return;
    route.onRequest = [
      async (request) => {
        request.principal = await authenticator.authenticate(request);
        const context = findRequest();
        if (context !== null) context.actor = request.principal.actor;
      },
    ];
  });
}
