import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';

import { ProductClient } from './product-client';

const REFUSED = JSON.stringify({
  status: 'error',
  code: 'request/rate-limited',
  message: 'Too many requests',
});
const GIVEN = JSON.stringify({ status: 'success', data: { id: 7 } });

describe('the client of the product', () => {
  let server: Server;
  let requests: number;
  let retryAfter: string;
  let client: ProductClient;

  beforeEach(async () => {
    requests = 0;
    // Refuses the first request of each test.
    server = createServer((_, answer) => {
      requests += 1;
      if (requests === 1) answer.writeHead(429, { 'retry-after': retryAfter }).end(REFUSED);
      else answer.end(GIVEN);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    client = new ProductClient(`http://127.0.0.1:${port}`, { token: 't' }, new AbortController().signal);
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('comes again when it is told that it was too early', async () => {
    retryAfter = '0.02';
    expect(await client.get('/x')).toEqual({ id: 7 });
    expect(requests).toBe(2);
  });

  it.each(['900', 'never'])('does not wait where it is told %s', async (told) => {
    retryAfter = told;
    await expect(client.get('/x')).rejects.toMatchObject({ status: 429, code: 'request/rate-limited' });
    expect(requests).toBe(1);
  });
});
