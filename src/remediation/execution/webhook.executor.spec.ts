import { createServer as createTcpServer } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';

import { Webhook } from 'standardwebhooks';

import { AllowedOrigins, Answering, RecordingTarget } from '../../../test/support/recording-target';
import { orderOf, targetOf } from '../../../test/support/step-order';
import { SystemClock } from '../../common/time/clock';
import { EgressClient } from '../../egress/egress.client';
import { ACTION_TYPES } from '../actions/action-type';
import type { StepOrder } from './executor.port';
import type { JsonObject } from './json';
import { WebhookExecutor } from './webhook.executor';

const SIGNING_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const NEXT_SECRET = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;

describe('the webhook executor', () => {
  let receiver: RecordingTarget;
  let executor: WebhookExecutor;
  let lines: string[];

  beforeEach(async () => {
    receiver = await RecordingTarget.start();
    executor = new WebhookExecutor(
      new EgressClient(new AllowedOrigins([receiver.origin])),
      new SystemClock(),
    );
    lines = [];
  });
  afterEach(() => receiver.stop());

  const target = (settings: JsonObject = {}, secrets: Record<string, string> = {}) =>
    targetOf(
      'webhook',
      { url: `${receiver.origin}/hook`, ...settings },
      { signing_secret: SIGNING_SECRET, ...secrets },
    );
  const execute = (order: StepOrder, signal = new AbortController().signal) =>
    executor.execute(order, (line) => lines.push(line), signal);

  describe('tells the receiver', () => {
    it('a message that the library of Standard Webhooks verifies, with key and fence', async () => {
      const order = orderOf(target(), { parameters: { service: 'checkout' } });
      expect(await execute(order)).toEqual({ kind: 'succeeded', detail: { status: 200 } });
      const [{ method, url, headers, body }] = receiver.requests;
      expect([method, url]).toEqual(['POST', '/hook']);
      expect(headers).toMatchObject({
        'idempotency-key': order.stepId,
        'x-fencing-token': '41',
        'webhook-id': order.stepId,
        'content-type': 'application/json',
      });
      expect(new Webhook(SIGNING_SECRET).verify(body, headers as Record<string, string>)).toEqual({
        type: 'remediation.restart_service',
        timestamp: '2026-01-31T10:00:00.000Z',
        data: {
          step_id: order.stepId,
          action_id: 3,
          action_type: 'restart_service',
          parameters: { service: 'checkout' },
          target: { id: 7, name: 'shop' },
          is_dry_run: false,
        },
      });
      expect(() => new Webhook(SIGNING_SECRET).verify(`${body} `, headers as Record<string, string>)).toThrow(
        'No matching signature',
      );
    });

    it('the same bytes under the same key at every attempt, with a fence that grows', async () => {
      for (const attempt of [1, 2, 3]) await execute(orderOf(target(), { attempt, fence: 40 + attempt }));
      expect(new Set(receiver.requests.map(({ body }) => body)).size).toBe(1);
      expect(new Set(receiver.requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
      expect(receiver.requests.map(({ headers }) => headers['x-fencing-token'])).toEqual(['41', '42', '43']);
    });

    it('with both signatures while it changes to a new secret', async () => {
      await execute(orderOf(target({}, { next_signing_secret: NEXT_SECRET })));
      const [{ headers, body }] = receiver.requests;
      for (const secret of [SIGNING_SECRET, NEXT_SECRET])
        expect(() => new Webhook(secret).verify(body, headers as Record<string, string>)).not.toThrow();
    });

    it('every action type of the contract, each at its own path where it has one', async () => {
      const settings = { actions: { rollback: { path: '/back?to=last' } } };
      for (const actionType of ACTION_TYPES) {
        expect(executor.supports(actionType, target(settings))).toBe(true);
        expect(await execute(orderOf(target(settings), { actionType }))).toMatchObject({ kind: 'succeeded' });
      }
      expect(receiver.requests.map(({ url }) => url)).toEqual(
        ACTION_TYPES.map((type) => (type === 'rollback' ? '/hook/back?to=last' : '/hook')),
      );
      expect(executor.supports('custom', target({ ...settings, only_mapped_actions: true }))).toBe(false);
    });

    it('a body of its own wording, in which a value stays one value', async () => {
      const hostile = '", "admin": true, "x": "$/step_id';
      const body = {
        extra_vars: { host: '$/parameters/host', all: '$/parameters', none: '$/parameters/no/such' },
        fixed: 'costs $/5',
        list: ['$/action_id'],
      };
      await execute(
        orderOf(target({ actions: { custom: { body } } }), {
          actionType: 'custom',
          parameters: { host: hostile },
        }),
      );
      expect(JSON.parse(receiver.requests[0].body)).toEqual({
        extra_vars: { host: hostile, all: { host: hostile }, none: null },
        fixed: 'costs $/5',
        list: [3],
      });
    });

    it('headers and credentials that are set for it', async () => {
      await execute(
        orderOf(target({ headers: { 'X-Env': 'prod' } }, { authorization: 'Bearer s3cret-token' })),
      );
      expect(receiver.requests[0].headers).toMatchObject({
        'x-env': 'prod',
        authorization: 'Bearer s3cret-token',
      });
      expect(lines.join('\n')).not.toContain('s3cret-token');
    });
  });

  describe('judges the answer', () => {
    it.each<[status: number, settings: JsonObject, kind: string, mayRetry: boolean | null]>([
      [200, {}, 'succeeded', null],
      [202, {}, 'succeeded', null],
      [204, {}, 'succeeded', null],
      [202, { success: { statuses: [200] } }, 'unknown', null],
      [303, { success: { statuses: [303] } }, 'succeeded', null],
      [400, {}, 'failed', false],
      [401, {}, 'failed', false],
      [404, {}, 'failed', false],
      [422, {}, 'failed', false],
      [408, {}, 'failed', true],
      [409, {}, 'failed', true],
      [425, {}, 'failed', true],
      [429, {}, 'failed', true],
      [500, {}, 'unknown', null],
      [502, {}, 'unknown', null],
      [503, {}, 'unknown', null],
      [503, { errors_mean_no_effect: true }, 'failed', true],
      [301, {}, 'failed', false],
      [307, {}, 'failed', false],
      [302, {}, 'unknown', null],
      [303, {}, 'unknown', null],
    ])('%i with %j: %s', async (status, settings, kind, mayRetry) => {
      receiver.answer = (_, response) =>
        response.writeHead(status, { location: `http://127.0.0.1:${receiver.port}/elsewhere` }).end();
      expect(await execute(orderOf(target(settings)))).toMatchObject({
        kind,
        ...(mayRetry !== null && { mayRetry }),
      });
      expect(receiver.requests).toHaveLength(1);
    });

    it.each<[body: string | Buffer, kind: string]>([
      ['{"result":{"status":"ok"}}', 'succeeded'],
      ['{"result":{"status":"queued"}}', 'failed'],
      ['{"result":{"status":["ok"]}}', 'failed'],
      ['{"result":{}}', 'unknown'],
      ['{"__proto__":{"status":"ok"}}', 'unknown'],
      ['ok', 'unknown'],
      ['', 'unknown'],
      [Buffer.from([0x22, 0xff, 0xfe, 0x22]), 'unknown'],
    ])('by the word that was declared, and by nothing else: %s', async (body, kind) => {
      receiver.answer = (_, response) => response.end(body);
      const settings = { success: { pointer: '/result/status', equals: 'ok' } };
      expect(await execute(orderOf(target(settings)))).toMatchObject({ kind });
    });

    it('shows of it nothing but a status, and a sentence that was asked for, as one plain line', async () => {
      const text = 'no\u001b[31m such\r\nservice\u202e \u{e0041}Bear\u200ber s3cret-\u200btoken';
      receiver.answer = (_, response) =>
        response
          .writeHead(422, { 'retry-after': '30' })
          .end(JSON.stringify({ message: text, more: 'secret' }));
      const secrets = { authorization: 'Bearer s3cret-token' };
      const plain = await execute(orderOf(target({ message_pointer: '/message' }, secrets)));
      expect(plain).toEqual({
        kind: 'failed',
        error: 'the target answered 422: no[31m such service [secret]',
        mayRetry: false,
        detail: { status: 422, retry_after_seconds: 30, message: 'no[31m such service [secret]' },
      });
      expect(JSON.stringify(await execute(orderOf(target())))).not.toContain('such');
      expect(lines.join('\n')).not.toContain('such');
    });
  });

  describe('when the receiver misbehaves', () => {
    const endless: Answering = (_, response) => {
      const chunk = Buffer.alloc(65_536, 'x');
      const flood = new Readable({
        read() {
          this.push(chunk);
        },
      });
      pipeline(flood, response, () => undefined);
    };

    it.each<[what: string, answer: Answering]>([
      ['100 MB', endless],
      [
        'a gzip bomb',
        (_, response) =>
          response
            .writeHead(200, { 'content-encoding': 'gzip' })
            .end(gzipSync(Buffer.alloc(20 * 1024 * 1024))),
      ],
      ['an answer that never ends', (_, response) => void response.writeHead(200).write('{')],
      ['no answer', () => undefined],
      ['a connection that breaks', (_, response) => void response.destroy()],
      [
        'half an answer',
        (_, response) =>
          void response.writeHead(200, { 'content-length': '9' }).write('{', () => response.destroy()),
      ],
    ])('%s: ends in time, and does not know', async (_, answer) => {
      receiver.answer = answer;
      expect(await execute(orderOf(target(), { timeoutMs: 500 }))).toMatchObject({ kind: 'unknown' });
      expect(receiver.requests).toHaveLength(1);
    });

    it('stops waiting when it is told to', async () => {
      const ended = new AbortController();
      receiver.answer = () => ended.abort();
      expect(await execute(orderOf(target()), ended.signal)).toMatchObject({ kind: 'unknown' });
    });

    it('is sure that nothing was sent where nobody listens, nobody shakes hands, or it is called off before', async () => {
      const order = orderOf(target());
      expect(await execute(order, AbortSignal.abort())).toMatchObject({ kind: 'unsent' });
      const mute = createTcpServer((socket) => socket.on('error', () => undefined).resume());
      await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
      const origin = `https://127.0.0.1:${(mute.address() as { port: number }).port}`;
      const deaf = new WebhookExecutor(new EgressClient(new AllowedOrigins([origin])), new SystemClock());
      const secrets = { signing_secret: SIGNING_SECRET };
      const signal = new AbortController().signal;
      const silent = orderOf(targetOf('webhook', { url: origin }, secrets), { timeoutMs: 300 });
      expect(await deaf.execute(silent, () => undefined, signal)).toMatchObject({
        kind: 'unsent',
        mayRetry: true,
      });
      await new Promise((resolve) => mute.close(resolve));
      await receiver.stop();
      expect(await execute(order)).toMatchObject({ kind: 'unsent', mayRetry: true });
      receiver = await RecordingTarget.start();
    });
  });

  describe('sends nothing', () => {
    /** Beside the egress client's own sixty spellings: what a setting or a parameter could try. */
    it.each([
      'http://169.254.169.254/latest/meta-data/',
      'http://2852039166/',
      'http://0x7f000001:1/',
      'http://[::ffff:127.0.0.1]:1/',
      'http://user:pass@127.0.0.1:1/',
      'file:///etc/passwd',
      'gopher://127.0.0.1:1/',
      'http://127.0.0.1:1\\@evil.example/',
      'not a url',
    ])('to %s', async (url) => {
      const secrets = { signing_secret: SIGNING_SECRET };
      expect(await execute(orderOf(targetOf('webhook', { url }, secrets)))).toMatchObject({
        kind: 'unsent',
        mayRetry: false,
      });
      expect(receiver.connections).toBe(0);
    });

    it('to a host that a path or a parameter would make of it', async () => {
      const settings = { url: receiver.origin, actions: { custom: { path: '/@evil.example/' } } };
      await execute(
        orderOf(target(settings), { actionType: 'custom', parameters: { url: 'http://evil.example' } }),
      );
      expect(receiver.requests[0].url).toBe('/@evil.example/');
    });

    it('without a secret to sign it with', async () => {
      const outcome = await execute(orderOf(targetOf('webhook', { url: receiver.origin })));
      expect(outcome).toMatchObject({ kind: 'unsent', mayRetry: false });
      expect(JSON.stringify(outcome)).toContain('secrets.signing_secret');
      expect(receiver.connections).toBe(0);
    });

    it('for an attempt that is somebody else’s by now', async () => {
      expect(await execute(orderOf(target(), { isHeld: () => false }))).toMatchObject({
        kind: 'unsent',
        mayRetry: true,
      });
      expect(receiver.connections).toBe(0);
    });

    it('as a dry run, unless the receiver knows dry runs', async () => {
      expect(await execute(orderOf(target(), { isDryRun: true }))).toMatchObject({ kind: 'unsent' });
      expect(receiver.connections).toBe(0);
      await execute(orderOf(target({ supports_dry_run: true }), { isDryRun: true }));
      expect(JSON.parse(receiver.requests[0].body).data.is_dry_run).toBe(true);
    });
  });

  it('checks that the receiver is there without telling it anything', async () => {
    const { signal } = new AbortController();
    await expect(executor.check(target(), signal)).resolves.toContain('nothing was sent');
    expect(receiver.requests).toEqual([]);
    await receiver.stop();
    await expect(executor.check(target(), signal)).rejects.toMatchObject({ code: 'egress/failed' });
    receiver = await RecordingTarget.start();
  });

  it.each<[settings: JsonObject, member: string]>([
    [{}, 'settings.url'],
    [{ url: 'https://a.example', sucess: {} }, '"sucess"'],
    [{ url: 'https://a.example', headers: { Authorization: 'x' } }, 'Authorization'],
    [{ url: 'https://a.example', headers: { 'Idempotency-Key': 'x' } }, 'Idempotency-Key'],
    [{ url: 'https://a.example', headers: { x: 'a\r\nb: c' } }, '"x"'],
    [{ url: 'https://a.example', actions: { terminate: {} } }, '"terminate"'],
    [{ url: 'https://a.example', actions: { custom: { path: 'http://evil' } } }, 'actions.custom.path'],
    [{ url: 'https://a.example', success: { pointer: '/ok' } }, 'success.pointer'],
    [{ url: 'https://a.example', success: { statuses: [99] } }, 'success.statuses'],
    [{ url: 'https://a.example', is_idempotent: 'yes' }, 'settings.is_idempotent'],
  ])('refuses the settings %j', (settings, member) => {
    expect(() => executor.supports('custom', targetOf('webhook', settings))).toThrow(member);
  });

  it('is idempotent where the receiver keeps to the key, and only there', () => {
    expect(executor.isIdempotent({ target: target() })).toBe(false);
    expect(executor.isIdempotent({ target: target({ is_idempotent: true }) })).toBe(true);
  });
});
