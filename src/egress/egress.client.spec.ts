import { LookupAddress } from 'node:dns';
import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { AddressInfo, createServer as createTcpServer, Server as TcpServer } from 'node:net';
import tls from 'node:tls';
import { gzipSync } from 'node:zlib';

import { selfSigned } from '../../test/support/self-signed';
import { DomainError } from '../common/errors/domain-error';
import { EgressClient, EgressRequest } from './egress.client';
import { EgressFailed, EgressRefused, InvalidEgressRequest, InvalidEgressUrl } from './egress.errors';
import { EgressAllowList, EgressRule } from './egress-allow-list';
import { EgressScheme } from './egress-url';

/** Remembers rules, exact as the real list is. */
class RememberedAllowList extends EgressAllowList {
  readonly rules: EgressRule[] = [];

  allow(scheme: EgressScheme, host: string, port: number, allowPrivate = true): void {
    this.rules.push({ scheme, host, port, allowPrivate });
  }

  async find(scheme: EgressScheme, host: string, port: number): Promise<EgressRule | null> {
    return (
      this.rules.find((rule) => rule.scheme === scheme && rule.host === host && rule.port === port) ?? null
    );
  }
}

/** Knows a few names; each question takes the next of a name's answers, so that a name can rebind. */
class ClientWithNames extends EgressClient {
  readonly questions: string[] = [];
  readonly names = new Map<string, string[][]>();

  protected override async resolve(host: string): Promise<LookupAddress[]> {
    this.questions.push(host);
    const answers = this.names.get(host);
    const addresses = (answers && answers.length > 1 ? answers.shift() : answers?.[0]) ?? [];
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  }
}

class Listener {
  connections = 0;
  requests: IncomingMessage[] = [];
  bodies: string[] = [];
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_, response) =>
    response.end('hello');
  readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      this.requests.push(request);
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        this.bodies.push(body);
        this.answer(request, response);
      });
    });
    this.server.on('connection', () => this.connections++);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }
}

async function listen(server: TcpServer, host: string, port = 0): Promise<void> {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
}

async function close(server: Server | TcpServer): Promise<void> {
  if ('closeAllConnections' in server) server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

describe('EgressClient', () => {
  let listed: Listener;
  let unlisted: Listener;
  let allowList: RememberedAllowList;
  let client: ClientWithNames;

  beforeEach(async () => {
    listed = new Listener();
    unlisted = new Listener();
    // On every address, so that no spelling of this machine can miss it.
    await listen(listed.server, '0.0.0.0');
    await listen(unlisted.server, '0.0.0.0');
    allowList = new RememberedAllowList();
    client = new ClientWithNames(allowList);
    allowList.allow('http', 'hook.example', listed.port);
    client.names.set('hook.example', [['127.0.0.1']]);
  });

  afterEach(async () => {
    await close(listed.server);
    await close(unlisted.server);
  });

  function hook(path = '/', more: Partial<EgressRequest> = {}): EgressRequest {
    return { url: `http://hook.example:${listed.port}${path}`, ...more };
  }

  async function errorOf(request: EgressRequest): Promise<DomainError> {
    try {
      const { status } = await client.fetch(request);
      throw new Error(`answered ${status}`);
    } catch (error) {
      if (error instanceof DomainError) return error;
      throw error;
    }
  }

  describe('to a target on the list', () => {
    it('sends method, headers and body, and gives back status, headers and body', async () => {
      listed.answer = (_, response) => response.writeHead(201, { 'X-Id': ['a', 'b'] }).end('done');
      const answer = await client.fetch(
        hook('/p?q=1', { method: 'post', headers: { 'X-Key': 'k' }, body: 'data' }),
      );
      expect([answer.status, answer.headers['x-id'], answer.body.toString()]).toEqual([201, 'a, b', 'done']);
      expect([listed.requests[0].method, listed.requests[0].url, listed.bodies[0]]).toEqual([
        'POST',
        '/p?q=1',
        'data',
      ]);
      expect(listed.requests[0].headers).toMatchObject({
        host: `hook.example:${listed.port}`,
        'x-key': 'k',
        'accept-encoding': 'identity',
      });
    });

    it('gives back an error status as an answer', async () => {
      listed.answer = (_, response) => response.writeHead(503).end('later');
      await expect(client.fetch(hook())).resolves.toMatchObject({ status: 503 });
    });

    it('keeps no connection for a later request to inherit', async () => {
      await client.fetch(hook());
      await client.fetch(hook());
      expect(listed.connections).toBe(2);
    });

    it('tries the next checked address when the first does not answer', async () => {
      client.names.set('hook.example', [['127.0.0.2', '127.0.0.1'], []]);
      await close(listed.server);
      const { port } = allowList.rules[0];
      listed = new Listener();
      await listen(listed.server, '127.0.0.1', port);
      await expect(client.fetch(hook())).resolves.toMatchObject({ status: 200 });
    });

    it('ignores proxies named in the environment', async () => {
      const before = { ...process.env };
      Object.assign(process.env, {
        HTTP_PROXY: `http://127.0.0.1:${unlisted.port}`,
        http_proxy: `http://127.0.0.1:${unlisted.port}`,
        NODE_USE_ENV_PROXY: '1',
      });
      try {
        await client.fetch(hook());
      } finally {
        process.env = before;
      }
      expect([listed.connections, unlisted.connections]).toEqual([1, 0]);
    });

    it.each([301, 302, 303, 307, 308])('answers a %i instead of following it', async (status) => {
      for (const location of [
        'http://169.254.169.254/latest/meta-data/',
        `http://127.0.0.1:${unlisted.port}/`,
      ]) {
        listed.answer = (_, response) => response.writeHead(status, { location }).end();
        const answer = await client.fetch(hook('/', { method: 'POST', body: 'x' }));
        expect([answer.status, answer.headers.location]).toEqual([status, location]);
      }
      expect([listed.connections, unlisted.connections]).toEqual([2, 0]);
    });
  });

  describe('to anything else', () => {
    /** T5: each names the listener that is not on the list, this machine, or a metadata service, in some spelling. */
    const hosts = [
      '127.0.0.1',
      'localhost',
      'LOCALHOST',
      'localhost.',
      '127.0.0.1.',
      '2130706433',
      '0x7f000001',
      '0x7f.0.0.1',
      '0x7F.0x0.0x0.0x1',
      '0177.0.0.1',
      '0177.0000.0000.0001',
      '017700000001',
      '127.1',
      '127.0.1',
      '0x7f.1',
      '127.255.255.254',
      '0',
      '0.0.0.0',
      '0x0',
      '①②⑦.⓪.⓪.①',
      '127。0。0。1',
      '%31%32%37.0.0.1',
      '[::1]',
      '[::]',
      '[0:0:0:0:0:0:0:1]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[::FFFF:0x7f.1]',
      '[::127.0.0.1]',
      '[64:ff9b::127.0.0.1]',
      '[64:ff9b::7f00:1]',
      '[2002:7f00:1::]',
      '[fe80::1]',
      '[fe80::1%25lo]',
      '169.254.169.254',
      '2852039166',
      '0xa9fea9fe',
      '0251.0376.0251.0376',
      '[::ffff:169.254.169.254]',
      '[fd00:ec2::254]',
      'metadata.google.internal',
      'metadata.example',
      'inner.example',
      'private.example',
      'mixed.example',
      'mapped.example',
      'hook.example',
      'hook.example.',
      'hook.example@127.0.0.1',
      'user:pass@127.0.0.1',
      '127.0.0.1#@hook.example',
      '127.0.0.1?@hook.example',
      '127.0.0.1\\@hook.example',
      'hook.example\\@127.0.0.1',
      'hook.example%00.127.0.0.1',
      'hook.example%2f@127.0.0.1',
      'hook.example%23@127.0.0.1',
      'hооk.example',
      'ⓗook.example',
      '127.0.0.1\t',
      ' 127.0.0.1',
      '\n127.0.0.1',
      'xn--80ak6aa92e.example',
      '1.2.3.4.5',
      '999.1.1.1',
      'hook.example.127.0.0.1.nip.example',
    ];

    beforeEach(() => {
      // The list holds the decoys for public addresses, so that for these the address check alone is in the way.
      const decoys: [string, string[]][] = [
        ['localhost', ['127.0.0.1']],
        ['metadata.google.internal', ['169.254.169.254']],
        ['metadata.example', ['169.254.169.254']],
        ['inner.example', ['127.0.0.1']],
        ['private.example', ['10.0.0.1']],
        ['mixed.example', ['93.184.216.34', '127.0.0.1']],
        ['mapped.example', ['::ffff:127.0.0.1']],
      ];
      for (const [host, addresses] of decoys) {
        client.names.set(host, [addresses]);
        allowList.allow('http', host, unlisted.port, false);
        allowList.allow('https', host, unlisted.port, false);
      }
    });

    it(`opens no connection: ${hosts.length} spellings of host, http and https`, async () => {
      expect(hosts.length).toBeGreaterThanOrEqual(60);
      for (const host of hosts) {
        for (const scheme of ['http', 'https']) {
          const error = await errorOf({ url: `${scheme}://${host}:${unlisted.port}/`, timeoutMs: 2000 });
          expect([host, error instanceof EgressRefused || error instanceof InvalidEgressUrl]).toEqual([
            host,
            true,
          ]);
        }
      }
      expect([unlisted.connections, listed.connections]).toEqual([0, 0]);
    });

    it.each([
      'file:///etc/hosts',
      'ftp://hook.example/',
      'gopher://hook.example/',
      'unix:/run/x',
      'data:,x',
      '',
      'hook.example',
    ])('opens none for %j', async (url) => {
      expect(await errorOf({ url })).toBeInstanceOf(InvalidEgressUrl);
    });

    it('asks no name server for a name that is not on the list', async () => {
      await errorOf({ url: 'http://leak.attacker.example/' });
      expect(client.questions).toEqual([]);
    });

    it('holds to the port and the scheme, not only to the host', async () => {
      expect(await errorOf({ url: `http://hook.example:${unlisted.port}/` })).toBeInstanceOf(EgressRefused);
      expect(await errorOf({ url: `https://hook.example:${listed.port}/` })).toBeInstanceOf(EgressRefused);
      expect([unlisted.connections, listed.connections]).toEqual([0, 0]);
    });

    it('checks an address in the URL itself, for which no name is looked up', async () => {
      allowList.allow('http', '127.0.0.1', unlisted.port, false);
      allowList.allow('http', '::ffff:7f00:1', unlisted.port, false);
      expect(await errorOf({ url: `http://127.0.0.1:${unlisted.port}/` })).toBeInstanceOf(EgressRefused);
      expect(await errorOf({ url: `http://[::ffff:127.0.0.1]:${unlisted.port}/` })).toBeInstanceOf(
        EgressRefused,
      );
      expect([client.questions, unlisted.connections]).toEqual([[], 0]);
    });

    it('allows an address in the URL where a rule allows exactly that', async () => {
      allowList.allow('http', '127.0.0.1', listed.port, true);
      await expect(client.fetch({ url: `http://0x7f.1:${listed.port}/` })).resolves.toMatchObject({
        status: 200,
      });
    });

    it.each(['169.254.169.254', 'fe80::1', 'fd00:ec2::254', '0.0.0.0', '::', '224.0.0.1'])(
      'never goes to %s, even when the rule allows private addresses',
      async (address) => {
        client.names.set('hook.example', [[address]]);
        const literal = address.includes(':') ? `[${address}]` : address;
        allowList.allow('http', address, listed.port, true);
        expect(await errorOf(hook())).toBeInstanceOf(EgressRefused);
        expect(await errorOf({ url: `http://${literal}:${listed.port}/` })).toBeInstanceOf(EgressRefused);
        expect(listed.connections).toBe(0);
      },
    );

    it('refuses a name that has one bad address among good ones', async () => {
      client.names.set('hook.example', [['127.0.0.1', '169.254.169.254']]);
      expect(await errorOf(hook())).toBeInstanceOf(EgressRefused);
      expect(listed.connections).toBe(0);
    });

    it('connects to the address that was checked, whatever the name says a moment later', async () => {
      // First a harmless address, from then on the listener: asking twice would find it.
      await close(unlisted.server);
      const { port } = listed;
      unlisted = new Listener();
      await close(listed.server);
      listed = new Listener();
      await listen(unlisted.server, '127.0.0.1', port);
      client.names.set('hook.example', [['127.0.0.9'], ['127.0.0.1']]);
      const error = await errorOf({ url: `http://hook.example:${port}/` });
      expect(error).toBeInstanceOf(EgressFailed);
      expect([client.questions.length, unlisted.connections]).toEqual([1, 0]);
      await listen(listed.server, '127.0.0.1');
    });

    it('says in the refusal what to do, and repeats neither path nor address', async () => {
      const missing = await errorOf({ url: 'https://api.example/services/T0/SECRET' });
      expect([missing.kind, missing.code]).toEqual(['forbidden', 'egress/not-allowed']);
      expect(missing.message).toBe(
        'https://api.example:443 is not on the egress allow-list; an administrator can add exactly this scheme, host and port',
      );
      const inner = await errorOf({ url: `http://private.example:${unlisted.port}/SECRET` });
      expect(inner.message).toMatch(/^(?!.*(SECRET|10\.0\.0\.1)).*allowPrivate/);
    });

    it('sends nothing when the list cannot be read', async () => {
      allowList.find = () => Promise.reject(new Error('no database'));
      await expect(client.fetch(hook())).rejects.toThrow('no database');
      expect(listed.connections).toBe(0);
    });
  });

  describe('when the target misbehaves', () => {
    it.each<[string, (response: ServerResponse) => unknown]>([
      [
        'declares too large a body',
        (response) => response.writeHead(200, { 'content-length': '5000' }).end(Buffer.alloc(5000)),
      ],
      ['sends too large a body in chunks', (response) => response.end(Buffer.alloc(5000))],
      [
        'never stops sending',
        (response) => void setInterval(() => response.write(Buffer.alloc(1000)), 1).unref(),
      ],
    ])('cuts it off when it %s', async (_, answer) => {
      listed.answer = (__, response) => void answer(response);
      const error = await errorOf(hook('/', { maxBytes: 4999 }));
      expect(error).toMatchObject({ code: 'egress/failed', kind: 'unavailable', mayHaveArrived: true });
      expect(error.message).toContain('more than 4999 bytes');
    });

    it('accepts a body of exactly the cap, 1 MiB where nothing is said', async () => {
      listed.answer = (_, response) => response.end(Buffer.alloc(1024 * 1024));
      expect((await client.fetch(hook())).body).toHaveLength(1024 * 1024);
      listed.answer = (_, response) => response.end(Buffer.alloc(1024 * 1024 + 1));
      expect((await errorOf(hook())).message).toContain('more than 1048576 bytes');
    });

    it.each(['gzip', 'br', 'deflate', 'zstd', 'gzip, gzip', 'x'])(
      'refuses the encoding %s that was not asked for',
      async (encoding) => {
        listed.answer = (_, response) =>
          response.writeHead(200, { 'content-encoding': encoding }).end(gzipSync('x'.repeat(1e6)));
        expect((await errorOf(hook())).message).toContain('encoding not asked for');
      },
    );

    it('accepts an answer that says its encoding is identity', async () => {
      listed.answer = (_, response) => response.writeHead(200, { 'content-encoding': 'Identity' }).end('x');
      await expect(client.fetch(hook())).resolves.toMatchObject({ status: 200 });
    });

    it.each<[string, (response: ServerResponse) => unknown]>([
      ['does not answer', () => undefined],
      [
        'stops in the middle',
        (response) => response.writeHead(200, { 'content-length': '10' }).write('half'),
      ],
      ['drips', (response) => void setInterval(() => response.write('.'), 20).unref()],
    ])('gives up in time when it %s', async (_, answer) => {
      listed.answer = (__, response) => void answer(response);
      const startedAt = performance.now();
      const error = await errorOf(hook('/', { timeoutMs: 200 }));
      expect(performance.now() - startedAt).toBeLessThan(2000);
      expect(error).toMatchObject({ code: 'egress/failed', mayHaveArrived: true });
      expect(error.message).toContain('did not answer within 200 ms');
    });

    it('gives up in time when the name server does not answer', async () => {
      const alive = setTimeout(() => undefined, 5000);
      Object.assign(client, { resolve: () => new Promise(() => undefined) });
      const error = await errorOf(hook('/', { timeoutMs: 50 }));
      clearTimeout(alive);
      expect(error).toMatchObject({ code: 'egress/failed', mayHaveArrived: false });
    });

    it('ends when the caller does not want to wait any longer', async () => {
      const ended = new AbortController();
      listed.answer = () => ended.abort();
      const error = await errorOf(hook('/', { signal: ended.signal }));
      expect(error).toMatchObject({ code: 'egress/failed', mayHaveArrived: true });
      expect(error.message).toContain('not waited for any longer');
      const before = await errorOf(hook('/', { signal: ended.signal }));
      expect(before).toMatchObject({ mayHaveArrived: false });
    });

    it('is sure that nothing arrived when nobody listens', async () => {
      await close(listed.server);
      const { port } = allowList.rules[0];
      const error = await errorOf({ url: `http://hook.example:${port}/services/SECRET` });
      expect(error).toMatchObject({ code: 'egress/failed', mayHaveArrived: false });
      expect(error.message).toBe(
        `http://hook.example:${port} could not be reached or broke off (ECONNREFUSED)`,
      );
      await listen(listed.server, '0.0.0.0');
    });

    it('is not sure when the connection broke after it stood', async () => {
      listed.answer = (request) => request.socket.destroy();
      expect(await errorOf(hook('/', { method: 'POST', body: 'x' }))).toMatchObject({ mayHaveArrived: true });
    });

    it('fails on a name without an address', async () => {
      client.names.set('hook.example', [[]]);
      expect(await errorOf(hook())).toMatchObject({ code: 'egress/failed', mayHaveArrived: false });
    });

    it('fails on what is not HTTP', async () => {
      const server = createTcpServer((socket) =>
        socket
          .on('error', () => undefined)
          .resume()
          .end('SSH-2.0-OpenSSH\r\n'),
      );
      await listen(server, '127.0.0.1');
      const { port } = server.address() as AddressInfo;
      allowList.allow('http', 'hook.example', port);
      expect(await errorOf({ url: `http://hook.example:${port}/` })).toBeInstanceOf(EgressFailed);
      await close(server);
    });

    it('fails on 20 KB of headers', async () => {
      listed.answer = (_, response) => response.writeHead(200, { 'x-long': 'a'.repeat(20_000) }).end();
      expect(await errorOf(hook())).toBeInstanceOf(EgressFailed);
    });
  });

  describe('when the request itself is bad', () => {
    it.each<[string, Partial<EgressRequest>]>([
      ['a host header', { headers: { Host: 'evil.example' } }],
      ['a header with a line end', { headers: { x: 'a\r\nb: c' } }],
      ['the method CONNECT', { method: 'CONNECT' }],
    ])('refuses %s before anything is sent', async (_, more) => {
      expect(await errorOf(hook('/', more))).toBeInstanceOf(InvalidEgressRequest);
      expect(listed.connections).toBe(0);
    });
  });

  describe('over TLS', () => {
    const { certificate, key } = selfSigned('hook.example');
    let server: ReturnType<typeof createTlsServer>;
    let port: number;
    let serverName: string | false | null;

    beforeEach(async () => {
      server = createTlsServer({ cert: certificate, key }, (request, response) => {
        serverName = (request.socket as tls.TLSSocket).servername;
        response.end('secret');
      });
      server.on('tlsClientError', () => undefined);
      await listen(server, '127.0.0.1');
      ({ port } = server.address() as AddressInfo);
      for (const host of ['hook.example', 'other.example']) {
        allowList.allow('https', host, port);
        client.names.set(host, [['127.0.0.1']]);
      }
    });

    afterEach(() => close(server));

    // That NODE_TLS_REJECT_UNAUTHORIZED=0 changes nothing cannot be shown here: jest hides its process.env from Node itself.
    it('refuses a certificate that nobody vouches for', async () => {
      const error = await errorOf({ url: `https://hook.example:${port}/` });
      expect(error).toMatchObject({ code: 'egress/failed', mayHaveArrived: false });
      expect(error.message).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
    });

    it('believes the authority that the caller names, and no other', async () => {
      const url = `https://hook.example:${port}/`;
      await expect(client.fetch({ url, tls: { ca: certificate } })).resolves.toMatchObject({ status: 200 });
      const error = await errorOf({ url, tls: { ca: selfSigned('hook.example').certificate } });
      expect(error).toMatchObject({ mayHaveArrived: false });
    });

    it('shows the certificate of the caller', async () => {
      const own = selfSigned('us.example');
      const strict = createTlsServer(
        { cert: certificate, key, ca: own.certificate, requestCert: true, rejectUnauthorized: true },
        (_, response) => response.end('known'),
      );
      strict.on('tlsClientError', () => undefined);
      await listen(strict, '127.0.0.1');
      const strictPort = (strict.address() as AddressInfo).port;
      allowList.allow('https', 'hook.example', strictPort);
      const url = `https://hook.example:${strictPort}/`;
      const shown = { ca: certificate, cert: own.certificate, key: own.key };
      expect((await client.fetch({ url, tls: shown })).body.toString()).toBe('known');
      expect(await errorOf({ url, tls: { ca: certificate } })).toBeInstanceOf(EgressFailed);
      await close(strict);
    });

    it('shows that a target can be reached, and asks nothing of it', async () => {
      serverName = null;
      await client.reach({ url: `https://hook.example:${port}/`, tls: { ca: certificate } });
      expect(serverName).toBeNull();
      await expect(client.reach({ url: `https://hook.example:${port}/` })).rejects.toMatchObject({
        code: 'egress/failed',
      });
      await expect(client.reach({ url: `https://hook.example:${port + 1}/` })).rejects.toBeInstanceOf(
        EgressRefused,
      );
    });

    it('names the host to the server and holds the certificate to it, though it connects to a pinned address', async () => {
      const trusted = tls.getCACertificates('default');
      tls.setDefaultCACertificates([...trusted, certificate]);
      try {
        const answer = await client.fetch({ url: `https://hook.example:${port}/` });
        expect([answer.body.toString(), serverName]).toEqual(['secret', 'hook.example']);
        const other = await errorOf({ url: `https://other.example:${port}/` });
        expect(other.message).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
      } finally {
        tls.setDefaultCACertificates(trusted);
      }
    });

    it('gives up in time on a handshake that never ends', async () => {
      const silent = createTcpServer((socket) => socket.on('error', () => undefined).resume());
      await listen(silent, '127.0.0.1');
      const silentPort = (silent.address() as AddressInfo).port;
      allowList.allow('https', 'hook.example', silentPort);
      const startedAt = performance.now();
      const error = await errorOf({ url: `https://hook.example:${silentPort}/`, timeoutMs: 200 });
      expect(error).toMatchObject({ code: 'egress/failed', mayHaveArrived: false });
      expect(performance.now() - startedAt).toBeLessThan(2000);
      await close(silent);
    });
  });

  it('asks the system for names where nothing else is set', async () => {
    const real = new EgressClient(allowList);
    allowList.allow('http', 'localhost', listed.port);
    await expect(real.fetch({ url: `http://localhost:${listed.port}/` })).resolves.toMatchObject({
      status: 200,
    });
  });
});
