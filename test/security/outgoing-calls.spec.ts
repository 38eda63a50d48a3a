import { createServer, Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { breachOf } from '../conformance/error-contract';
import { eventually, TestApp } from '../support/test-app';
import { HOSTILE_INPUTS } from './hostile-inputs';

/** Ways to write this machine's address. */
const FORMS = HOSTILE_INPUTS.address.map((url) => url.replace('http://', ''));

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
