import { INestApplication } from '@nestjs/common';
import { DocumentBuilder, getSchemaPath, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

import { ERROR_WORDS } from '../common/http/answers';
import type { Dialect } from '../common/http/dialect';
import { ErrorResponse } from '../common/http/error.response';
import { isOptionalBody } from '../common/http/validation.pipe';
import { VERSION } from '../config/version';

const DESCRIPTION = `The closed loop of operations in one backend: telemetry in, the unusual detected, explained, remedied under control, verified, judged and learnt from.

Every answer is \`{status: "success", message?, data}\` or \`{status: "error", message, code, errors?, request_id}\`.
A path that is unknown answers 404, a method that its path does not have 405.
A POST with an \`Idempotency-Key\` of your own can be sent again: within 24 hours the same request under the same key is done once and answered alike.
Requests are limited by the minute, as \`x-rate-tier\` says of each operation; \`X-RateLimit-Remaining\` says how many are left.
Log in with \`POST /api/auth/login\` and paste the token under **Authorize**; an API key works there as well.`;

/** The OpenAPI document of every route, from what the routes themselves declare. */
export function describeApi(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('SmartCloudOps AI')
    .setDescription(DESCRIPTION)
    .setVersion(VERSION)
    .setLicense('Proprietary', 'https://smartcloudops.ai')
    .addServer('/', 'This server')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      description: 'An access token from POST /api/auth/login, or an API key',
    })
    .addBasicAuth({
      type: 'http',
      scheme: 'basic',
      description: 'A user name and password, or any name and an API key as the password',
    })
    .addApiKey(
      { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key from POST /api/auth/keys' },
      'api-key',
    );
  for (const [name, description] of Object.entries(TAGS)) builder.addTag(name, description);
  const document = SwaggerModule.createDocument(app, builder.build(), {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
    extraModels: [ErrorResponse],
  });
  for (const path of Object.values(document.paths)) {
    for (const method of METHODS) if (path[method] !== undefined) complete(path[method], document);
  }
  return document;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

const ERROR_CONTENT = { 'application/json': { schema: { $ref: getSchemaPath(ErrorResponse) } } };

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** Adds what holds for every route alike, so that no route has to say it. */
function complete(operation: Operation, document: OpenAPIObject): void {
  const hasInput = (operation.parameters ?? []).length > 0 || operation.requestBody !== undefined;
  const general = [
    500,
    503,
    ...(hasInput ? [400] : []),
    ...(operation.requestBody === undefined ? [] : [413, 415]),
  ];
  for (const status of general)
    operation.responses[status] ??= { description: ERROR_WORDS[status], content: ERROR_CONTENT };
  // An error is JSON also where the answer is text or a file, and in the words of the route's protocol where it speaks one.
  const errorContent = dialectContent(operation) ?? ERROR_CONTENT;
  for (const answer of Object.values(operation.responses)) {
    if (answer !== undefined && 'content' in answer && isErrorContent(answer.content))
      answer.content = errorContent;
  }
  describeIds(operation);
  describeBody(operation, document);
}

function dialectContent(operation: Operation): Record<string, { schema: object }> | null {
  const dialect = (operation as { 'x-dialect'?: NonNullable<Dialect['described']> })['x-dialect'];
  return dialect === undefined ? null : { [dialect.contentType]: { schema: dialect.error } };
}

function isErrorContent(content: object = {}): boolean {
  return Object.values(content as typeof ERROR_CONTENT).some(
    ({ schema }) => schema?.$ref === getSchemaPath(ErrorResponse),
  );
}

/** A number in a path is a record's id; Nest knows no more of it than that it is a number. */
function describeIds(operation: Operation): void {
  for (const parameter of operation.parameters ?? []) {
    if ('$ref' in parameter || parameter.in !== 'path') continue;
    const isNumber =
      parameter.schema !== undefined && !('$ref' in parameter.schema) && parameter.schema.type === 'number';
    if (isNumber) parameter.schema = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER };
  }
}

/** A body that may be absent is marked so, unless it has members that may not. */
function describeBody({ requestBody }: Operation, document: OpenAPIObject): void {
  if (requestBody === undefined || '$ref' in requestBody) return;
  const schema = requestBody.content['application/json']?.schema;
  if (schema === undefined || !('$ref' in schema)) return;
  const name = schema.$ref.split('/').at(-1) ?? '';
  const members = document.components?.schemas?.[name];
  const hasRequired = members !== undefined && !('$ref' in members) && (members.required ?? []).length > 0;
  if (isOptionalBody(name) && !hasRequired) requestBody.required = false;
}

const TAGS = {
  Anomalies: 'What happened, who owns it, is it over',
  Incidents: 'Anomalies that are one trouble: grouped, acknowledged and resolved together',
  Maintenance: 'Planned work, in which what it covers keeps quiet, and what is held',
  Telemetry: 'Series and samples: what the world tells us',
  Alerts: 'What alerting tools tell us, in our words and in those of Alertmanager',
  Integrations:
    'What is plugged in: keys, how each is doing, configuration of its sender, events that could not be taken',
  Changes: 'What was changed on purpose: deployments, settings',
  Heartbeats: 'What must tell that it lives, and whose silence is an alert',
  Detection: 'What is unusual, and how sure we are',
  Remediation: 'What to do about it, what may be done and who agreed: runbooks, rules and what they choose',
  Notifications: 'Who is told of what and when not; what is on its way, was told or was given up',
  Auth: 'Users, tokens, API keys and the access matrix',
  Health: 'Whether the product is well, and its own numbers',
  Administration: 'Jobs, egress and what only admins see',
};
