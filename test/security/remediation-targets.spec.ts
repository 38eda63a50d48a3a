import { createServer, Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { ExecutorRegistry } from '../../src/remediation/execution/executor-registry.service';
import { TargetService } from '../../src/remediation/targets/target.service';
import { breachOf } from '../conformance/error-contract';
import { RecordingTarget } from '../support/recording-target';
import { orderOf } from '../support/step-order';
import { TestApp } from '../support/test-app';
import { CapturedLog } from './captured-log';
import { HOSTILE_INPUTS } from './hostile-inputs';

const URL = '/api/remediation/targets';
const SIGNING_SECRET = `whsec_${Buffer.from('canary-one-of-the-signing-secret').toString('base64')}`;

/** T5: this machine and the metadata services, in every spelling, with http and https. */
const PLACES = [
  ...HOSTILE_INPUTS.address.map((url) => url.replace('http://', '')),
  ...[
    '169.254.169.254',
    '2852039166',
    '0xa9fea9fe',
    '[::ffff:169.254.169.254]',
    '[fd00:ec2::254]',
    '100.100.100.200',
  ],
].flatMap((host) => [`http://${host}`, `https://${host}`]);

describe('a remediation target', () => {
  let server: TestApp;
  let log: CapturedLog;
  let listener: Server;
  let port: number;
  let connections = 0;

  beforeAll(async () => {
    // On every address, so that no spelling of this machine can miss it.
    listener = createServer((_, response) => response.end()).on('connection', () => (connections += 1));
    await new Promise<void>((resolve) => listener.listen(0, '0.0.0.0', resolve));
    port = (listener.address() as AddressInfo).port;
    log = new CapturedLog();
    server = await TestApp.start({ LOG_LEVEL: 'trace' });
  });
  afterAll(async () => {
    await server.stop();
    log.stop();
    await new Promise((resolve) => listener.close(resolve));
  });

  /** Makes the attempt that the ledger would, and returns what it came to. */
  async function attempt(id: number, lines: string[] = []) {
    const target = await server.app.get(TargetService).open(id);
    if (target === null) throw new Error(`no target ${id}`);
    const order = orderOf(target);
    const executor = server.app.get(ExecutorRegistry).for(order.actionType, target);
    return executor.execute(order, (line) => lines.push(line), new AbortController().signal);
  }

  it(`leads to none of ${PLACES.length} places that nobody may call, even where each is on the allow-list`, async () => {
    expect(PLACES.length).toBeGreaterThanOrEqual(60);
    let made = 0;
    for (const [index, place] of PLACES.entries()) {
      const url = `${place}:${port}/hook`;
      await server.post('/api/admin/egress', { url, allow_private: false });
      const answer = await server.post(URL, {
        name: `place ${index}`,
        kind: 'webhook',
        settings: { url },
        secrets: { signing_secret: SIGNING_SECRET },
      });
      expect([place, breachOf(answer)]).toEqual([place, null]);
      if (answer.status !== 201) continue;
      made += 1;
      const { id } = answer.body.data.target;
      expect([place, await attempt(id)]).toMatchObject([place, { kind: 'unsent' }]);
      expect((await server.post(`${URL}/${id}/check`)).body.data.check.is_usable).toBe(false);
    }
    expect(made).toBeGreaterThan(20);
    expect(connections).toBe(0);
  }, 120_000);

  it('leaks no secret to logs, lines, answers or tables, even where it is told its own', async () => {
    const canaries = {
      signing_secret: SIGNING_SECRET,
      authorization: 'Bearer canary-of-the-authorization',
    };
    const echo = await RecordingTarget.start();
    echo.answer = ({ headers, body }, response) =>
      response
        .writeHead(422, { 'x-echo': canaries.authorization })
        .end(JSON.stringify({ message: `${headers.authorization} ${SIGNING_SECRET} ${body}` }));
    await server.post('/api/admin/egress', { url: echo.origin, allow_private: true });
    const made = await server.post(URL, {
      name: 'echo',
      kind: 'webhook',
      settings: { url: echo.origin, message_pointer: '/message' },
      secrets: canaries,
    });
    const lines: string[] = [];
    const outcome = await attempt(made.body.data.target.id, lines);
    expect(outcome).toMatchObject({ kind: 'failed', detail: { status: 422 } });
    expect(echo.requests).toHaveLength(1);
    await server.post(URL, {
      name: 'bad',
      kind: 'aws',
      settings: {},
      secrets: { secret_access_key: 'canary-of-aws' },
    });
    await echo.stop();
    await log.flushed();
    const tables = await server.database.query<{ text: string }>(
      `SELECT string_agg(row, ' ') AS text FROM (
         SELECT t::text AS row FROM remediation_targets t UNION ALL SELECT t::text FROM audit_log t
         UNION ALL SELECT encode(sealed, 'escape') FROM remediation_target_secrets) AS rows`,
    );
    const texts = [log.text, lines.join('\n'), JSON.stringify(outcome), made.text, tables[0].text];
    for (const text of texts) {
      expect(text).not.toMatch(/canary/);
      expect(text).not.toContain(SIGNING_SECRET.slice('whsec_'.length));
    }
    expect(log.text).toContain(URL);
  });
});
