import { TestApp } from '../support/test-app';
import { parseAnswers, RawAnswer, RawHttp } from './raw-http';

const HOST = 'Host: localhost\r\n';
/** A body that is waited for never comes; an honest answer takes milliseconds, or a second on a busy machine. */
const HANG_MS = 5_000;
const END = '\r\n\r\n';
const ANOMALY = JSON.stringify({
  title: 'smuggled',
  description: 'x',
  severity: 'low',
  anomaly_score: 0,
  confidence: 0,
});

/** Bytes that are no HTTP, or HTTP that two parsers would read differently. */
const BROKEN: [what: string, bytes: string][] = [
  ['garbage', `GARBAGE${END}`],
  ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a version of the future', `GET /health HTTP/9.9\r\n${HOST}\r\n`],
  ['a method that nobody has', `EXPLODE /health HTTP/1.1\r\n${HOST}\r\n`],
  ['a method in small letters', `get /health HTTP/1.1\r\n${HOST}\r\n`],
  ['a space in the path', `GET /health HTTP/1.1 HTTP/1.1\r\n${HOST}\r\n`],
  ['NUL in the path', `GET /hea\0lth HTTP/1.1\r\n${HOST}\r\n`],
  ['a header without a colon', `GET /health HTTP/1.1\r\n${HOST}Nonsense\r\n\r\n`],
  ['a space before the colon', `GET /health HTTP/1.1\r\nHost : localhost\r\n\r\n`],
  ['NUL in a header', `GET /health HTTP/1.1\r\n${HOST}X: a\0b\r\n\r\n`],
  ['a header that is folded', `GET /health HTTP/1.1\r\n${HOST} folded: x\r\n\r\n`],
  ['a bare carriage return', `GET /health HTTP/1.1\r\n${HOST}X: a\rb\r\n\r\n`],
  ['headers of a hundred kilobytes', `GET /health HTTP/1.1\r\n${HOST}X: ${'x'.repeat(100_000)}\r\n\r\n`],
  ['a path of a hundred kilobytes', `GET /${'x'.repeat(100_000)} HTTP/1.1\r\n${HOST}\r\n`],
  [
    'two lengths',
    `POST /api/anomalies HTTP/1.1\r\n${HOST}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!`,
  ],
  [
    'one length twice in one header',
    `POST /api/anomalies HTTP/1.1\r\n${HOST}Content-Length: 5, 5\r\n\r\nhello`,
  ],
  ['a negative length', `POST /api/anomalies HTTP/1.1\r\n${HOST}Content-Length: -5\r\n\r\n`],
  ['a length with a sign', `POST /api/anomalies HTTP/1.1\r\n${HOST}Content-Length: +5\r\n\r\nhello`],
  ['a length in hex', `POST /api/anomalies HTTP/1.1\r\n${HOST}Content-Length: 0x5\r\n\r\nhello`],
  [
    'a length beyond all numbers',
    `POST /api/anomalies HTTP/1.1\r\n${HOST}Content-Length: ${'9'.repeat(40)}\r\n\r\n`,
  ],
  [
    'a length and chunks',
    `POST /api/anomalies HTTP/1.1\r\n${HOST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\n${HOST}\r\n`,
  ],
  [
    'chunks that are not the last coding',
    `POST /api/anomalies HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
  ],
  [
    'a chunk without a size',
    `POST /api/anomalies HTTP/1.1\r\n${HOST}Authorization: Bearer TOKEN\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n`,
  ],
  ['a tunnel', `CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n`],
];

/** What one answer must be at most: an error in the envelope, or nothing at all. */
function faultOf(answers: readonly RawAnswer[]): string | null {
  if (answers.length > 1) return `${answers.length} answers: ${answers.map(({ status }) => status).join()}`;
  const [answer] = answers;
  if (answer === undefined) return null;
  if (answer.status < 400 || answer.status >= 500) return `status ${answer.status}`;
  if (!answer.headers['content-type']?.startsWith('application/json'))
    return `${answer.status} ${answer.headers['content-type']} ${answer.body.slice(0, 100)}`;
  const body = JSON.parse(answer.body) as Record<string, unknown>;
  const members = Object.keys(body).filter((name) => name !== 'errors');
  if (members.sort().join() !== 'code,message,request_id,status') return `members ${members.join()}`;
  return body.status === 'error' ? null : `says ${String(body.status)}`;
}

describe('over a bare socket', () => {
  let server: TestApp;
  let http: RawHttp;
  let token: string;

  beforeAll(async () => {
    server = await TestApp.start();
    http = new RawHttp(await server.listen());
    token = await server.tokenOf('admin');
  });
  afterAll(() => server.stop());

  const count = async (): Promise<number> =>
    (await server.database.query<{ n: number }>('SELECT count(*)::int AS n FROM anomalies'))[0].n;

  it.each(BROKEN)('%s is refused in the envelope, or by closing', async (_what, bytes) => {
    const answers = await http.exchange(bytes.replace('TOKEN', token));
    expect(faultOf(answers)).toBeNull();
    expect(await count()).toBe(0);
  });

  it('a request without a host, or with two, is refused', async () => {
    for (const hosts of ['', 'Host: localhost\r\nHost: evil.example\r\n']) {
      const [answer] = await http.exchange(`GET /health HTTP/1.1\r\n${hosts}Connection: close\r\n\r\n`);
      expect([hosts, answer.status, faultOf([answer])]).toEqual([hosts, 400, null]);
    }
  });

  it('a body that hides a second request brings no second answer', async () => {
    const hidden = `GET /api/version HTTP/1.1\r\n${HOST}\r\n`;
    const smuggling = [
      `POST /api/anomalies HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Length: ${hidden.length}\r\nConnection: close\r\n\r\n${hidden}`,
      `POST /api/anomalies HTTP/1.1\r\n${HOST}Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
      `POST /api/anomalies HTTP/1.1\r\n${HOST}Transfer-Encoding: xchunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${hidden}`,
      `POST /api/anomalies HTTP/1.1\r\n${HOST}Transfer-Encoding : chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${hidden}`,
      `GET /health HTTP/1.1\r\n${HOST}Content-Length: ${hidden.length}\r\nConnection: close\r\n\r\n${hidden}`,
    ];
    for (const bytes of smuggling) {
      const answers = await http.exchange(bytes);
      expect([
        bytes.slice(0, 80),
        answers.length <= 1,
        answers.some(({ body }) => body.includes('commit_hash')),
      ]).toEqual([bytes.slice(0, 80), true, false]);
    }
  });

  it('a broken request ends its connection: nothing behind it is answered', async () => {
    const answers = await http.exchange(
      `GET /healthz HTTP/1.1\r\n${HOST}\r\nBROKEN${END}GET /api/version HTTP/1.1\r\n${HOST}\r\n`,
    );
    expect(answers.at(-1)?.status).toBe(400);
    expect(answers.some(({ body }) => body.includes('commit_hash'))).toBe(false);
  });

  it('a stranger’s body is not waited for', async () => {
    const start = performance.now();
    const socket = await http.open();
    let received = '';
    socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
    socket.write(
      `POST /api/anomalies HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Length: 8000000\r\n\r\n{`,
    );
    await new Promise((resolve) => socket.once('data', resolve));
    socket.destroy();
    expect(parseAnswers(received)[0].status).toBe(401);
    expect(performance.now() - start).toBeLessThan(HANG_MS);
  });

  it('a body that is announced too large is refused before it is sent', async () => {
    const [answer] = await http.exchange(
      `POST /api/anomalies HTTP/1.1\r\n${HOST}Authorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: ${9 * 1024 * 1024}\r\nConnection: close\r\n\r\n`,
    );
    expect([answer.status, faultOf([answer])]).toEqual([413, null]);
  });

  it('chunks are a body as any other', async () => {
    const [answer] = await http.exchange(
      `POST /api/anomalies HTTP/1.1\r\n${HOST}Authorization: Bearer ${token}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${ANOMALY.length.toString(16)}\r\n${ANOMALY}\r\n0\r\n\r\n`,
    );
    expect(answer.status).toBe(201);
  });

  it.each([
    'Connection: Upgrade, close\r\nUpgrade: websocket',
    'Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA',
    'Expect: the-unexpected\r\nConnection: close',
  ])('a wish for something else is passed over: %j', async (wish) => {
    const answers = await http.exchange(`GET /healthz HTTP/1.1\r\n${HOST}${wish}\r\n\r\n`);
    expect(answers.map(({ status }) => status)).toEqual([200]);
  });

  it('whoever is slow is cut off, while others are served', async () => {
    const node = server.app.getHttpServer();
    expect([node.headersTimeout, node.requestTimeout, node.keepAliveTimeout]).toEqual([
      10_000, 30_000, 5_000,
    ]);
    // The same limits, sooner, so that the test need not wait for them.
    Object.assign(node, { headersTimeout: 300, requestTimeout: 600 });
    const start = performance.now();
    const slow = [
      'GET /health HTTP/1.1\r\nHost: loc',
      '',
      `POST /api/anomalies HTTP/1.1\r\n${HOST}Authorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a`,
    ];
    const sockets = await Promise.all(
      slow
        .flatMap((bytes) => Array.from({ length: 20 }, () => bytes))
        .map(async (bytes) => {
          const socket = await http.open();
          socket.on('error', () => undefined);
          const drip = setInterval(() => socket.write('x'), 100);
          let received = '';
          socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
          const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(received)));
          void closed.then(() => clearInterval(drip));
          socket.write(bytes);
          // In an object, since to return the promise itself would be to wait for it.
          return { closed };
        }),
    );
    expect((await http.get('/healthz')).status).toBe(200);
    const received = await Promise.all(sockets.map(({ closed }) => closed));
    Object.assign(node, { headersTimeout: 10_000, requestTimeout: 30_000 });
    expect(performance.now() - start).toBeLessThan(15_000);
    const answers = received.map(parseAnswers);
    expect(answers.map((one) => faultOf(one)).filter((fault) => fault !== null)).toEqual([]);
    expect(answers[0][0]).toMatchObject({ status: 408 });
  }, 20_000);

  it('has lived through it all', async () => {
    expect((await http.get('/healthz')).status).toBe(200);
    expect(await count()).toBe(1);
  });
});
