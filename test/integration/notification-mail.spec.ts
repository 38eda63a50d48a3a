import { createServer, type Server } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

import { readConfig } from '../../src/config/config';
import { MailClient, type OutgoingMail } from '../../src/notification/deliveries/mail.client';
import { MailServer } from '../support/mail-server';
import { selfSigned } from '../support/self-signed';
import { eventually, TestApp } from '../support/test-app';

const ENDPOINTS = '/api/notifications/endpoints';
const DELIVERIES = '/api/notifications/deliveries';
const FROM = 'ops@product.example.org';
const ON_CALL = 'on-call@example.org';

const MAIL: OutgoingMail = {
  id: '7c1f1e0e-7d1a-4a39-9d3c-0d6f2f1f8a01',
  endpointId: 3,
  setting: { recipients: [ON_CALL], from: null },
  message: { subject: 'A subject', text: 'a text', html: '<p>a text</p>', thread: null },
};

describe('notifications by mail', () => {
  let mailServer: MailServer;
  let app: TestApp;
  let named = 0;

  beforeAll(async () => {
    mailServer = await MailServer.start();
    app = await TestApp.start({
      SMTP_HOST: '127.0.0.1',
      SMTP_PORT: String(mailServer.port),
      SMTP_SECURITY: 'none',
      SMTP_FROM: FROM,
      PUBLIC_URL: 'https://ops.example.org/',
    });
  });
  afterAll(async () => {
    await app.stop();
    await mailServer.stop();
  });
  afterEach(async () => {
    const { body } = await app.get(`${ENDPOINTS}?per_page=100`);
    for (const { id } of body.data.endpoints) await app.delete(`${ENDPOINTS}/${id}`);
    mailServer.mails.length = 0;
    mailServer.refuseRecipient = () => null;
    mailServer.refuseMail = () => null;
  });

  const add = async (more: object = {}) => {
    const members = { name: `mail ${(named += 1)}`, kind: 'email', recipients: [ON_CALL], ...more };
    const made = await app.post(ENDPOINTS, members);
    expect([made.status, made.text]).toEqual([201, made.text]);
    return made.body.data.endpoint;
  };
  const report = async (more: object = {}): Promise<number> => {
    const made = await app.post('/api/anomalies', {
      title: 'Latency is up',
      description: 'p99 over a second',
      severity: 'high',
      anomaly_score: 0.7,
      confidence: 0.9,
      ...more,
    });
    return made.body.data.anomaly.id;
  };
  const onlyDelivery = async (): Promise<any> => (await app.get(DELIVERIES)).body.data.deliveries[0];
  const ended = (): Promise<any> =>
    eventually(onlyDelivery, (delivery) => delivery !== undefined && delivery.ended_at !== null);
  const attemptsOf = async (id: string): Promise<any[]> =>
    (await app.get(`${DELIVERIES}/${id}`)).body.data.attempts;
  const header = (name: string, index = 0): string | undefined =>
    mailServer.mails[index].headers.get(name)?.join(' | ');

  it('say what happened, from whom, of which thread, and that no person wrote them', async () => {
    const endpoint = await add({ recipients: [ON_CALL, 'team@example.org'] });
    expect(endpoint).toMatchObject({
      kind: 'email',
      destination: `mailto:${ON_CALL},team@example.org`,
      recipients: [ON_CALL, 'team@example.org'],
      from: null,
      secrets: [],
    });
    const anomalyId = await report();
    const delivery = await ended();
    expect(delivery).toMatchObject({ state: 'delivered', attempts: 1, error: null });
    expect(await attemptsOf(delivery.id)).toMatchObject([{ status: 250, error: null }]);
    const [{ recipients, raw }] = mailServer.mails;
    expect(recipients).toEqual([ON_CALL, 'team@example.org']);
    expect(header('from')).toBe(FROM);
    expect(header('subject')).toBe('Anomaly detected (high): Latency is up');
    expect(header('message-id')).toBe(`<${delivery.id}@ops.example.org>`);
    expect(header('references')).toBe(`<anomaly.${anomalyId}.endpoint.${endpoint.id}@ops.example.org>`);
    expect(header('in-reply-to')).toBe(header('references'));
    expect(header('auto-submitted')).toBe('auto-generated');
    expect(raw).toContain(`https://ops.example.org/api/anomalies/${anomalyId}`);
    expect(raw).toContain('<h2>Anomaly detected (high)</h2>');
  }, 30_000);

  it('come from whom an endpoint states', async () => {
    await add({ from: 'alerts@product.example.org' });
    await report();
    await ended();
    expect(header('from')).toBe('alerts@product.example.org');
  }, 30_000);

  it('let nobody who writes a title or a label add a header or a recipient', async () => {
    await add();
    await report({
      title: 'x\r\nBcc: evil@example.org\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>',
    });
    await ended();
    const [{ recipients, headers, raw }] = mailServer.mails;
    expect(recipients).toEqual([ON_CALL]);
    expect(headers.has('bcc')).toBe(false);
    expect(header('content-type')).toContain('multipart/alternative');
    expect(raw.slice(raw.indexOf('<html>'))).not.toContain('<script');
  }, 30_000);

  it('are tried again under the same Message-ID where they may pass later', async () => {
    await add();
    mailServer.refuseMail = () => ({ code: 451, words: 'greylisted' });
    await report();
    const { id } = await eventually(
      onlyDelivery,
      (delivery) => delivery?.attempts === 1 && delivery.state === 'waiting',
    );
    mailServer.refuseMail = () => null;
    await app.database.query('UPDATE notification_deliveries SET due_at = now() WHERE id = $1', [id]);
    expect(await ended()).toMatchObject({ state: 'delivered', attempts: 2 });
    expect(await attemptsOf(id)).toMatchObject([
      { status: 451, error: 'the mail server answered 451: 451 greylisted' },
      { status: 250, error: null },
    ]);
    expect(header('message-id')).toBe(`<${id}@ops.example.org>`);
    expect((await app.post(`${DELIVERIES}/${id}/replay`)).status).toBe(202);
    await eventually(() => mailServer.mails.length === 2);
    expect(header('message-id', 1)).toBe(`<${id}@ops.example.org>`);
  }, 30_000);

  it('are given up where they will never pass', async () => {
    await add();
    mailServer.refuseRecipient = () => ({ code: 550, words: 'no such user' });
    await report();
    const delivery = await ended();
    expect(delivery).toMatchObject({ state: 'failed', attempts: 1 });
    expect(delivery.error).toContain('550');
    const metrics = (await app.get('/metrics')).text;
    expect(metrics).toMatch(/^notification_deliveries_total\{kind="email",outcome="refused"\} [1-9]/m);
    expect(metrics).toMatch(/^notification_attempts_total\{kind="email",outcome="failed"\} [1-9]/m);
  }, 30_000);

  it('reach whom they can, and say whom they did not', async () => {
    await add({ recipients: [ON_CALL, 'gone@example.org'] });
    mailServer.refuseRecipient = (address) =>
      address === ON_CALL ? null : { code: 550, words: 'no such user' };
    await report();
    expect(await ended()).toMatchObject({
      state: 'delivered',
      error: expect.stringContaining('not taken for gone@example.org: 550'),
    });
    expect(mailServer.mails[0].recipients).toEqual([ON_CALL]);
  }, 30_000);

  it.each([
    ['no recipients', { recipients: undefined }, 'needs recipients'],
    [
      'a recipient that is none',
      { recipients: ['on-call@example.org\r\nBcc: x@y.org'] },
      'recipients must be',
    ],
    ['a recipient twice', { recipients: [ON_CALL, ON_CALL] }, 'recipients must be'],
    ['a sender that is none', { from: 'Ops <ops@example.org>' }, 'from must be'],
    ['a URL', { url: 'https://ops.example/' }, 'has no url'],
    ['a signing secret', { secrets: { signing_secret: 'x' } }, 'has no signing_secret'],
  ])('are not set up with %s', async (_, more, words) => {
    const refused = await app.post(ENDPOINTS, {
      name: 'refused',
      kind: 'email',
      recipients: [ON_CALL],
      ...more,
    });
    expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining(words)]);
  });

  it('are led to others with their address alone', async () => {
    const { id, name } = await add();
    const stated = { name, version: 1, recipients: ['team@example.org'] };
    const changed = await app.put(`${ENDPOINTS}/${id}`, stated);
    expect(changed.body.data.endpoint).toMatchObject({ destination: 'mailto:team@example.org', version: 2 });
    expect((await app.put(`${ENDPOINTS}/${id}`, { name, version: 2 })).status).toBe(400);
  });

  it('are not set up where nobody has said who sends them', async () => {
    const without = await TestApp.start({}, app.database);
    const refused = await without.post(ENDPOINTS, { name: 'mail', kind: 'email', recipients: [ON_CALL] });
    expect([refused.status, refused.body]).toEqual([
      409,
      expect.objectContaining({
        code: 'notification/mail-not-configured',
        message: expect.stringContaining('SMTP_HOST'),
      }),
    ]);
    await without.stop();
  }, 30_000);
});

describe('the way to the mail server', () => {
  const { certificate, key } = selfSigned('localhost');
  const servers: MailServer[] = [];
  const client = (server: { port: number }, environment: Record<string, string>): MailClient => {
    const { mail, server: settings } = readConfig({
      SMTP_HOST: 'localhost',
      SMTP_PORT: String(server.port),
      SMTP_FROM: FROM,
      ...environment,
    });
    return new MailClient(mail, settings);
  };
  const start = async (...options: Parameters<typeof MailServer.start>): Promise<MailServer> => {
    const server = await MailServer.start(...options);
    servers.push(server);
    return server;
  };
  const trusted = getCACertificates('default');

  afterEach(async () => {
    setDefaultCACertificates(trusted);
    for (const server of servers.splice(0)) await server.stop();
  });

  it.each([
    ['that is asked for', 'starttls', { disabledCommands: [], key, cert: certificate }],
    ['from the start', 'tls', { secure: true, key, cert: certificate }],
  ])('has TLS %s, with a certificate that is trusted', async (_, security, options) => {
    const server = await start(options);
    const sender = client(server, { SMTP_SECURITY: security });
    expect(await sender.send(MAIL, 5_000)).toMatchObject({
      kind: 'lost',
      error: expect.stringContaining('SELF_SIGNED'),
    });
    expect(server.mails).toEqual([]);
    setDefaultCACertificates([...trusted, certificate]);
    expect(await sender.send(MAIL, 5_000)).toEqual({ kind: 'replied', code: 250, text: '' });
    expect(server.mails).toMatchObject([{ isEncrypted: true }]);
  });

  it('is never in the open where TLS is asked for', async () => {
    const server = await start();
    expect(await client(server, { SMTP_SECURITY: 'starttls' }).send(MAIL, 5_000)).toEqual({
      kind: 'lost',
      error: 'the mail server does not do the TLS that SMTP_SECURITY asks for',
    });
    expect(server.mails).toEqual([]);
  });

  it('logs in where that is asked for, and shows the password to nobody else', async () => {
    const password = 'a-password-of-the-mail-server';
    const server = await start({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (given, _, done) =>
        given.username === 'ops' && given.password === password
          ? done(null, { user: 'ops' })
          : done(Object.assign(new Error('wrong'), { responseCode: 535 })),
    });
    const environment = { SMTP_SECURITY: 'none', SMTP_USER: 'ops' };
    const right = await client(server, { ...environment, SMTP_PASSWORD: password }).send(MAIL, 5_000);
    expect(right).toMatchObject({ kind: 'replied', code: 250 });
    const wrong = await client(server, { ...environment, SMTP_PASSWORD: `${password}!` }).send(MAIL, 5_000);
    expect(wrong).toEqual({ kind: 'lost', error: 'the mail server refused the log-in (535)' });
  });

  it('ends where the server says nothing', async () => {
    const silent: Server = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const sender = client({ port }, { SMTP_HOST: '127.0.0.1', SMTP_SECURITY: 'none' });
    expect(await sender.send(MAIL, 300)).toEqual({
      kind: 'lost',
      error: 'the mail server did not take it within 300 ms',
    });
    silent.close();
  });
});
