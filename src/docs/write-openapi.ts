import 'reflect-metadata';

import { writeFileSync } from 'node:fs';

import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';

import { AppModule } from '../app.module';
import { RouteTable } from '../common/http/route-table';
import { readConfig } from '../config/config';
import { LogTail } from '../observability/log-tail';
import { createLogger } from '../observability/logger';
import { describeApi } from './openapi';

/**
 * Writes openapi.json without a database: in Nest's preview mode nothing is constructed, and the document needs only what the
 * routes declare. `npm run check` lints it.
 */
async function writeOpenApi(): Promise<void> {
  const tail = new LogTail();
  const module = AppModule.of(readConfig({}), '', new RouteTable(), createLogger('silent', tail), tail);
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), { preview: true, logger: false });
  writeFileSync('openapi.json', `${JSON.stringify(describeApi(app), null, 2)}\n`);
}

void writeOpenApi();
