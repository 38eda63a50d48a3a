import { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

import { VERSION } from '../config/version';

const DESCRIPTION = `The closed loop of operations in one backend: telemetry in, the unusual detected, explained, remedied under control, verified, judged and learnt from.

Every answer is \`{status: "success", message?, data}\` or \`{status: "error", message, code, errors?, request_id}\`.
Any route may also answer 500 (a fault of ours; quote the request id) or 503 with \`Retry-After\` (the database is away).
Log in with \`POST /api/auth/login\` and paste the token under **Authorize**; an API key works there as well.`;

/** The OpenAPI document of every route, from what the routes themselves declare. */
export function describeApi(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('SmartCloudOps AI')
    .setDescription(DESCRIPTION)
    .setVersion(VERSION)
    .setLicense('Proprietary', 'https://smartcloudops.ai')
    .addServer('/', 'This server')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An access token from POST /api/auth/login, or an API key' })
    .addBasicAuth({ type: 'http', scheme: 'basic', description: 'A user name and password, or any name and an API key as the password' })
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key from POST /api/auth/keys' }, 'api-key');
  for (const [name, description] of Object.entries(TAGS)) builder.addTag(name, description);
  return SwaggerModule.createDocument(app, builder.build(), {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
}

const TAGS = {
  Anomalies: 'What happened, who owns it, is it over',
  Telemetry: 'Series and samples: what the world tells us',
  Detection: 'What is unusual, and how sure we are',
  Auth: 'Users, tokens, API keys and the access matrix',
  Health: 'Whether the product is well, and its own numbers',
  Administration: 'Jobs, egress and what only admins see',
};
