import { createServer, Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { breachOf } from '../conformance/error-contract';
import { eventually, TestApp } from '../support/test-app';

/** Ways to write this machine's address, at a port. */
const FORMS = [
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '2130706433',
  '0x7f000001',
  '0x7f.0.0.1',
  '0177.0.0.1',
  '017700000001',
  '0',
  '0.0.0.0',
  'localhost',
  'LOCALHOST',
  'localhost.',
  'a.localhost',
  '[::1]',
  '[::]',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '①②⑦.⓪.⓪.①',
  '１２７.0.0.1',
  '127。0。0。1',
  '127.0.0.1.',
  '%31%32%37.0.0.1',
  '127.0.0.1%23.example.org',
  'example.org@127.0.0.1',
  '127.0.0.1\\@example.org',
  '127.000.000.001',
];

describe('a call to the outside', () => {
  let server: TestApp;
  let target: Server;
  let port: number;
  const calls: string[] = [];

  beforeAll(async () => {
    target = createServer((request, response) => {
      calls.push(String(request.url));
      response.end('up 1\n');
    });
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
    port = (target.address() as AddressInfo).port;
    server = await TestApp.start();
  });
  afterAll(async () => {
    await server.stop();
    target.close();
  });

  it('to this machine is made for no spelling of its address, unless an admin says that it may be private', async () => {
    for (const [index, form] of FORMS.entries()) {
      const url = `http://${form}:${port}/form-${index}`;
      const rule = await server.post('/api/admin/egress', { url, allow_private: false });
      const page = await server.post('/api/telemetry/targets', {
        name: `form-${index}`,
        url,
        interval_seconds: 1,
      });
      expect([form, breachOf(rule), breachOf(page)]).toEqual([form, null, null]);
    }
    // One that is allowed shows that pages are being read; by then the others were due as well.
    await server.post('/api/admin/egress', { url: `http://127.0.0.2:${port}`, allow_private: true });
    await server.post('/api/telemetry/targets', {
      name: 'allowed',
      url: `http://127.0.0.2:${port}/allowed`,
      interval_seconds: 1,
    });
    await new Promise<void>((resolve) => target.close(() => resolve()));
    await new Promise<void>((resolve) => target.listen(port, '0.0.0.0', resolve));
    await eventually(
      () => calls.filter((path) => path === '/allowed').length,
      (count) => count >= 2,
    );
    expect(calls.filter((path) => path !== '/allowed')).toEqual([]);
    const { targets } = (
      (await server.get('/api/telemetry/targets')).body as {
        data: { targets: { name: string; last_error: string | null }[] };
      }
    ).data;
    expect(targets.length).toBeGreaterThan(5);
    expect(targets.filter(({ name, last_error }) => (name === 'allowed') !== (last_error === null))).toEqual(
      [],
    );
  }, 30_000);

  it('is made to no place that is on no list, and not with credentials in its address', async () => {
    const answers = await Promise.all([
      server.post('/api/telemetry/targets', {
        name: 'unlisted',
        url: `http://169.254.169.254/latest/meta-data/`,
      }),
      server.post('/api/telemetry/targets', { name: 'unlisted', url: `http://127.0.0.2:${port + 1}/` }),
      server.post('/api/telemetry/targets', { name: 'unlisted', url: `https://127.0.0.2:${port}/` }),
      server.post('/api/admin/egress', { url: 'http://user:password@example.org/' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([409, 409, 409, 400]);
  });
});
