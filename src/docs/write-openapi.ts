import 'reflect-metadata';

import { writeFileSync } from 'node:fs';

import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';

import { AppModule } from '../app.module';
import { RouteTable } from '../common/http/route-table';
import { readConfig } from '../config/config';
import { LogOutput } from '../observability/log-output';
import { LogTail } from '../observability/log-tail';
import { createLogger } from '../observability/logger';
import { describeApi } from './openapi';

/**
 * The document without a server or a database: in Nest's preview mode nothing is constructed, and the document needs only what
 * the routes declare.
 */
export async function describeApiOffline(): Promise<OpenAPIObject> {
  const tail = new LogTail();
  const module = AppModule.of(
    readConfig({}),
    '',
    new RouteTable(),
    createLogger('silent', tail, new LogOutput()),
    tail,
  );
  const options = { preview: true, logger: false } as const;
  return describeApi(await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), options));
}

/** `node dist/src/docs/write-openapi.js` writes openapi.json, which `npm run check` lints. */
async function writeOpenApi(): Promise<void> {
  writeFileSync('openapi.json', `${JSON.stringify(await describeApiOffline(), null, 2)}\n`);
}

if (require.main === module) void writeOpenApi();
