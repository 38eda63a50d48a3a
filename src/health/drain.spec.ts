import { once } from 'node:events';
import { Agent, createServer, get, IncomingMessage, Server } from 'node:http';
import { AddressInfo } from 'node:net';

import type { DatabaseProbe } from './database-probe';
import { drain } from './drain';
import { Readiness } from './readiness';

const FOREVER_SECONDS = 60;

describe('a server that drains', () => {
  let server: Server;
  let agent: Agent;
  let readiness: Readiness;

  beforeEach(async () => {
    server = createServer((_request, response) => response.end('served')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    agent = new Agent({ keepAlive: true, maxSockets: 1 });
    readiness = new Readiness({} as DatabaseProbe);
  });
  afterEach(() => {
    agent.destroy();
    server.close();
  });

  async function ask(): Promise<IncomingMessage> {
    const { port } = server.address() as AddressInfo;
    const [answer] = (await once(get({ port, host: '127.0.0.1', agent }), 'response')) as [IncomingMessage];
    answer.resume();
    await once(answer, 'end');
    return answer;
  }

  it('is not ready at once, serves whoever is still connected, and ends each connection with its answer', async () => {
    expect((await ask()).headers.connection).toBe('keep-alive');
    const drained = drain(server, readiness, FOREVER_SECONDS);
    expect(await readiness.check()).toEqual({ ready: false, reasons: ['shutting down'] });
    expect((await ask()).headers.connection).toBe('close');
    await drained;
  });

  it('waits for nobody where nobody is connected', async () => {
    await drain(server, readiness, FOREVER_SECONDS);
    expect(readiness.isDraining).toBe(true);
  });

  it('waits no longer than it was told', async () => {
    await ask();
    await drain(server, readiness, 0);
    expect((await ask()).statusCode).toBe(200);
  });
});
