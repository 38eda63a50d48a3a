import type { OpenAPIObject } from '@nestjs/swagger';

import { operationsOf } from '../../src/docs/api-document';
import { breachOf } from '../conformance/error-contract';
import { TestApp } from '../support/test-app';
import { HOSTILE_INPUTS } from './hostile-inputs';
import { RawHttp } from './raw-http';

describe('a path', () => {
  let server: TestApp;
  let http: RawHttp;
  let closed: string[];

  beforeAll(async () => {
    server = await TestApp.start();
    http = new RawHttp(await server.listen());
    const operations = operationsOf((await server.get('/api/docs-json')).body as OpenAPIObject);
    closed = operations
      .filter(
        ({ method, permission, path }) => method === 'GET' && permission !== 'public' && !path.includes('{'),
      )
      .map(({ path }) => path);
  });
  afterAll(() => server.stop());

  /** Ways to write a path that a proxy, a router and a file system may read differently. */
  const disguises = (path: string): string[] => {
    const [first, ...rest] = path.slice(1).split('/');
    const tail = rest.length === 0 ? '' : `/${rest.join('/')}`;
    const last = path.slice(path.lastIndexOf('/') + 1);
    const before = path.slice(0, path.lastIndexOf('/') + 1);
    const encoded = `%${last.charCodeAt(0).toString(16)}${last.slice(1)}`;
    return [
      `/${path}`,
      `//${path.slice(1)}/`,
      `/./${path.slice(1)}`,
      `/health/..${path}`,
      `/health/../${path.slice(1)}`,
      `/${first}/.${tail}`,
      `/${first}//${rest.join('/')}`,
      `${path}/.`,
      `${path}//`,
      `${path}/../${last}`,
      `${before}${encoded}`,
      `/%2e${path}`,
      `/health%2f..${path}`,
      `/health/%2e%2e${path}`,
      `${path}%2f`,
      `${path}%00`,
      `${path}%20`,
      `${path};x=1`,
      `${path}.json`,
      `${path}.`,
      `${path}%3f`,
      `${path}%23`,
      path.toUpperCase(),
      `${path}\\`,
      path.replaceAll('/', '\\'),
      `/${encodeURIComponent(path.slice(1))}`,
      `${path}?x=/health`,
      `${path}#/health`,
      `/..${path}`,
      `/%252e%252e${path}`,
      `${path}%0a`,
      `http://localhost${path}`,
    ];
  };

  it('in disguise opens nothing to a stranger', async () => {
    const opened: string[] = [];
    for (const path of closed) {
      for (const disguise of disguises(path)) {
        const { status } = await http.get(disguise);
        if (![400, 401, 404, 405].includes(status)) opened.push(`${disguise}: ${status}`);
      }
    }
    expect(opened).toEqual([]);
  });

  it('that leads out of the product is refused, and shows no file', async () => {
    const places = ['/api/docs/', '/', '/api/', '/api/docs/swagger-ui.css/', '/api/anomalies/'];
    for (const place of places) {
      for (const text of [
        ...HOSTILE_INPUTS.path,
        '../package.json',
        '..%2fpackage.json',
        '../../package.json',
        '%2e%2e/package.json',
        'swagger-ui.css/../package.json',
        'package.json',
        'swagger-ui.css%00.html',
        '.env',
        '.data/jwt-secret',
      ]) {
        const path = place + text.replace(/[^\x21-\x7e]/g, encodeURIComponent).replaceAll(' ', '%20');
        for (const token of [null, await server.tokenOf('admin')]) {
          const { status, body } = await http.get(
            path,
            token === null ? {} : { authorization: `Bearer ${token}` },
          );
          expect([path, [400, 401, 404].includes(status)]).toEqual([path, true]);
          expect(body).not.toMatch(/root:|"dependencies"|JWT_SECRET|\[fonts\]/);
        }
      }
    }
  });

  it('is only a name where names are kept', async () => {
    for (const text of HOSTILE_INPUTS.path) {
      const scraped = await server.post('/api/telemetry/targets', {
        name: text,
        url: `http://example.org/${encodeURIComponent(text)}`,
      });
      expect([text, scraped.status, breachOf(scraped)]).toEqual([text, 409, null]);
      const queue = await server.post(`/api/admin/jobs/${encodeURIComponent(text)}/redrive`);
      expect([text, [400, 404].includes(queue.status), breachOf(queue, text)]).toEqual([text, true, null]);
    }
  });

  it('of a page to scrape leads only to where http leads', async () => {
    for (const url of [
      'file:///etc/passwd',
      'ftp://example.org/x',
      'data:text/plain,x',
      'javascript:1',
      'gopher://example.org',
      'http://',
      '//example.org',
      'http:///etc/passwd',
      'unix:/var/run/docker.sock',
      'http://user:secret@example.org/',
      ...HOSTILE_INPUTS.path,
    ]) {
      for (const path of ['/api/admin/egress', '/api/telemetry/targets']) {
        const answer = await server.post(path, { url, name: 'x' });
        expect([path, url, answer.status, breachOf(answer, url)]).toEqual([path, url, 400, null]);
      }
    }
  });
});
