import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { CloudEvent, emitterFor, HTTP, type Message, Mode } from 'cloudevents';

import { describeWith } from '../support/describe-with';
import { eventually, TestApp } from '../support/test-app';
import { startTool } from '../support/tool';

interface ShownAlert {
  readonly status: string;
  readonly labels: Record<string, string>;
  readonly source: string;
}

describe('events from the programs that people have', () => {
  let server: TestApp;
  let base: string;
  let folder: string;

  beforeAll(async () => {
    server = await TestApp.start();
    base = await server.listen();
    folder = mkdtempSync(join(tmpdir(), 'smartcloudops-senders-'));
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const plugIn = async (kind: string): Promise<{ id: number; key: string; snippet: string }> => {
    const { host } = new URL(base);
    const { body } = await server.post('/api/integrations', { name: kind, kind }, { headers: { host } });
    const { integration, key, snippet } = (
      body as { data: { integration: { id: number }; key: string; snippet: { text: string } } }
    ).data;
    return { id: integration.id, key, snippet: snippet.text };
  };
  const alertsOf = (integrationId: number): Promise<ShownAlert[]> =>
    server.database.query('SELECT status, labels, source FROM alerts WHERE integration_id = $1 ORDER BY id', [
      integrationId,
    ]);

  describe('the JavaScript SDK of CloudEvents', () => {
    it('sends in binary and in structured mode', async () => {
      const { id, key } = await plugIn('cloudevents');
      const statuses: number[] = [];
      const transport = async ({ headers, body }: Message): Promise<void> => {
        const answer = await fetch(`${base}/api/alerts/cloudevents`, {
          method: 'POST',
          headers: { ...(headers as Record<string, string>), authorization: `Bearer ${key}` },
          body: body as string,
        });
        statuses.push(answer.status);
      };
      const event = new CloudEvent({
        source: '/monitor',
        type: 'com.example.alert',
        subject: 'larger-context',
        data: { title: 'DiskFull', severity: 'critical', labels: { host: 'h1' } },
      });
      for (const mode of [Mode.BINARY, Mode.STRUCTURED])
        await emitterFor(transport, { binding: HTTP, mode })(event);
      const ended = event.cloneWith({ id: 'the end', data: { ...event.data, status: 'resolved' } });
      await emitterFor(transport, { binding: HTTP, mode: Mode.BINARY })(ended);
      expect(statuses).toEqual([200, 200, 200]);
      expect(await alertsOf(id)).toMatchObject([
        { status: 'resolved', labels: { alertname: 'DiskFull', severity: 'critical', host: 'h1' } },
      ]);
    });
  });

  describeWith(['prometheus-alertmanager'], 'a stock Alertmanager, configured with the snippet', () => {
    it('tells of an alert by its webhook, and that it is over', async () => {
      const { id, snippet } = await plugIn('alertmanager_webhook');
      const waits = '  group_wait: 100ms\n  group_interval: 1s\n';
      writeFileSync(join(folder, 'alertmanager.yml'), snippet.replace('route:\n', `route:\n${waits}`));
      const port = await freePort();
      const alertmanager = startTool(
        'prometheus-alertmanager',
        [
          '--config.file=alertmanager.yml',
          '--storage.path=data',
          `--web.listen-address=127.0.0.1:${port}`,
          '--cluster.listen-address=',
        ],
        folder,
      );
      const tell = async (alert: object): Promise<number> => {
        if (alertmanager.child.exitCode !== null) throw new Error(alertmanager.said());
        const answer = await fetch(`http://127.0.0.1:${port}/api/v2/alerts`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify([{ labels: { alertname: 'Told', zone: 'a "b" é' }, ...alert }]),
        }).catch(() => null);
        return answer?.status ?? 0;
      };
      try {
        await eventually(
          () => tell({ annotations: { summary: 's' } }),
          (status) => status === 200,
          30_000,
        );
        const [fired] = await eventually(
          () => alertsOf(id),
          (alerts) => alerts.length > 0,
          30_000,
        );
        expect(fired).toMatchObject({
          status: 'firing',
          source: 'alertmanager_webhook',
          labels: { alertname: 'Told', zone: 'a "b" é' },
        });
        expect(await tell({ endsAt: new Date(Date.now() - 1_000).toISOString() })).toBe(200);
        await eventually(
          () => alertsOf(id),
          ([alert]) => alert.status === 'resolved',
          30_000,
        );
        expect(await alertsOf(id)).toHaveLength(1);
      } finally {
        await alertmanager.stop();
      }
    }, 120_000);
  });
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
