import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { OpenAPIObject } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';

import { Access } from '../auth/access';

const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

const START_SCRIPT = `SwaggerUIBundle({ url: '/api/docs-json', dom_id: '#docs', deepLinking: true, persistAuthorization: true, filter: true, displayRequestDuration: true, tryItOutEnabled: true, docExpansion: 'list' });`;

const PAGE = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>SmartCloudOps AI API</title>
  <link rel="icon" href="/api/docs/favicon-32x32.png">
  <link rel="stylesheet" href="/api/docs/swagger-ui.css">
</head>
<body>
  <div id="docs"></div>
  <script src="/api/docs/swagger-ui-bundle.js"></script>
  <script src="/api/docs/start.js"></script>
</body>
</html>
`;

/** The page's own policy: its scripts and styles from here, nothing from elsewhere, no inline script. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

/**
 * Swagger UI at /api/docs and the document at /api/docs-json. Plain Fastify routes, since a static page needs no
 * framework; they declare their access like every other.
 */
export function registerDocs(
  server: FastifyInstance,
  isPublic: boolean,
  describe: () => OpenAPIObject,
): void {
  const access: Access = isPublic ? { kind: 'public' } : { kind: 'authenticated' };
  const config = { access } as object;
  const folder = dirname(require.resolve('swagger-ui-dist/package.json'));
  let document: string | null = null;

  server.get('/api/docs-json', { config }, (_, reply) => {
    document ??= JSON.stringify(describe());
    return reply.type('application/json; charset=utf-8').send(document);
  });
  server.get('/api/docs', { config }, (_, reply) =>
    reply.header('content-security-policy', PAGE_POLICY).type('text/html; charset=utf-8').send(PAGE),
  );
  server.get('/api/docs/start.js', { config }, (_, reply) =>
    reply.type('text/javascript; charset=utf-8').send(START_SCRIPT),
  );
  for (const [name, type] of Object.entries(ASSETS)) {
    server.get(`/api/docs/${name}`, { config }, async (_, reply) =>
      reply.type(type).send(await readFile(join(folder, name))),
    );
  }
}
