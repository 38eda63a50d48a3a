import 'reflect-metadata';

import { performance } from 'node:perf_hooks';

import { NestFastifyApplication } from '@nestjs/platform-fastify';

import { createApp } from './app';
import { FirstAdmin } from './auth/first-admin';
import { Config, loadConfig } from './config/config';
import { ConfigurationError } from './config/environment';
import { EmbeddedPostgres } from './database/embedded-postgres';
import { migrate } from './database/migrate';
import { drain } from './health/drain';
import { Readiness } from './health/readiness';
import { MIGRATIONS } from './schema';

/** A stop that takes longer than this is cut short, with an exit code that says so. */
const STOP_LIMIT_MS = 25_000;
const SAME_SIGNAL_MS = 1_500;

/** What runs, and so must be stopped; filled while starting, so that a signal stops a half-started server as well. */
interface Running {
  app?: NestFastifyApplication;
  postgres?: Promise<EmbeddedPostgres>;
}

async function main(): Promise<void> {
  const config = loadConfig();
  const running: Running = {};
  stopOnSignals(running, config);
  if (config.database.url === undefined)
    running.postgres = EmbeddedPostgres.start(config.database.dataDir, { onEvent: say });
  const databaseUrl = config.database.url ?? (await running.postgres)?.url ?? '';
  await migrate(databaseUrl, MIGRATIONS);
  const app = await createApp(config, databaseUrl);
  running.app = app;
  const password = await app.get(FirstAdmin).ensure();
  await app.listen({ host: config.server.host, port: config.server.port });
  greet(config, await app.getUrl(), password);
}

/**
 * SIGTERM and SIGINT: not ready at once and still serving for a moment, requests in flight end, then jobs and detection, then the database.
 * A second signal does not wait, but one that comes at the heels of the first is the same: a terminal signals npm and us, and npm passes it on.
 */
function stopOnSignals(running: Running, { server }: Config): void {
  let stoppingSinceMs: number | null = null;
  const giveUp = (reason: string): void => {
    say(reason);
    void running.postgres?.then((postgres) => postgres.abandon());
    setImmediate(() => process.exit(1));
  };
  const stop = async (): Promise<void> => {
    setTimeout(() => giveUp('Stopping took too long; what was running is cut off'), STOP_LIMIT_MS).unref();
    const { app } = running;
    if (app !== undefined) await drain(app.getHttpServer(), app.get(Readiness), server.drainSeconds);
    await running.app?.close();
    // One that is still starting is stopped as soon as it has started.
    await (await running.postgres)?.stop();
    process.exit(0);
  };
  const onSignal = (): void => {
    if (stoppingSinceMs === null) {
      stoppingSinceMs = performance.now();
      stop().catch((error: Error) => giveUp(`Stopping failed: ${error.message}`));
    } else if (performance.now() - stoppingSinceMs > SAME_SIGNAL_MS) giveUp('Stopping at once');
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, onSignal);
}

function greet(config: Config, url: string, password: string | null): void {
  const { port } = new URL(url);
  say('');
  say('SmartCloudOps AI is ready.');
  say(`  Swagger UI   http://localhost:${port}/api/docs`);
  say(`  API          http://localhost:${port}/api`);
  if (password)
    say(
      `  First admin  ${config.auth.adminUsername} / ${password}   (shown once: change it after the first login)`,
    );
  if (config.auth.registration === 'open')
    say('  Registration is open to anyone who reaches this port; REGISTRATION=closed closes it.');
  say('');
}

/** For people; the log on standard output stays one JSON record a line. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

main().catch((error: unknown) => {
  say(error instanceof ConfigurationError ? error.message : String((error as Error).stack ?? error));
  process.exit(1);
});
