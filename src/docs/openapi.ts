import { INestApplication } from '@nestjs/common';
import { DocumentBuilder, getSchemaPath, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

import { ERROR_WORDS } from '../common/http/answers';
import { ErrorResponse } from '../common/http/error.response';
import { VERSION } from '../config/version';

const DESCRIPTION = `The closed loop of operations in one backend: telemetry in, the unusual detected, explained, remedied under control, verified, judged and learnt from.

Every answer is \`{status: "success", message?, data}\` or \`{status: "error", message, code, errors?, request_id}\`.
A path that is unknown answers 404, a method that its path does not have 405.
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
  const document = SwaggerModule.createDocument(app, builder.build(), {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
    extraModels: [ErrorResponse],
  });
  for (const path of Object.values(document.paths)) {
    for (const method of METHODS) if (path[method] !== undefined) complete(path[method]);
  }
  return document;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Adds what holds for every route alike, so that no route has to say it: the general errors, and that public ones ask for no credentials. */
function complete(operation: NonNullable<OpenAPIObject['paths'][string]['get']>): void {
  const hasInput = (operation.parameters ?? []).length > 0 || operation.requestBody !== undefined;
  const general = [500, 503, ...(hasInput ? [400] : []), ...(operation.requestBody === undefined ? [] : [413, 415])];
  for (const status of general) {
    operation.responses[status] ??= {
      description: ERROR_WORDS[status],
      content: { 'application/json': { schema: { $ref: getSchemaPath(ErrorResponse) } } },
    };
  }
  operation.security ??= [];
}

const TAGS = {
  Anomalies: 'What happened, who owns it, is it over',
  Telemetry: 'Series and samples: what the world tells us',
  Detection: 'What is unusual, and how sure we are',
  Auth: 'Users, tokens, API keys and the access matrix',
  Health: 'Whether the product is well, and its own numbers',
  Administration: 'Jobs, egress and what only admins see',
};
