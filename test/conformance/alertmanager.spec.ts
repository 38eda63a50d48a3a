import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describeWith } from '../support/describe-with';
import { eventually, TestApp } from '../support/test-app';
import { runTool, startTool, ToolRun } from '../support/tool';

interface ShownAlert {
  readonly name: string;
  readonly status: string;
  readonly is_timed_out: boolean;
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
  readonly source: string;
  readonly generator_url: string;
  readonly told_count: number;
}

describe('Alertmanager’s API, asked by its own clients', () => {
  let server: TestApp;
  let base: string;
  let key: string;
  let folder: string;

  beforeAll(async () => {
    server = await TestApp.start();
    base = await server.listen();
    const answer = await server.post('/api/auth/keys', {
      name: 'alerting',
      scopes: ['alerts:read', 'alerts:write', 'silences:manage'],
    });
    key = (answer.body as { data: { key: string } }).data.key;
    folder = mkdtempSync(join(tmpdir(), 'smartcloudops-clients-'));
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const alertsNamed = async (name: string): Promise<ShownAlert[]> => {
    const { body } = await server.get(`/api/alerts?labels=alertname:${name}`);
    return (body as { data: { alerts: ShownAlert[] } }).data.alerts;
  };

  describeWith(['prometheus'], 'a stock Prometheus', () => {
    it('tells of an alert while it fires, again and again, and that it is over', async () => {
      const { host } = new URL(base);
      const until = Math.floor(Date.now() / 1_000) + 12;
      writeFileSync(
        join(folder, 'rules.yml'),
        JSON.stringify({
          groups: [
            {
              name: 'trial',
              rules: [
                { alert: 'AlwaysFiring', expr: 'vector(1)', labels: { severity: 'critical' } },
                {
                  alert: 'FiresForAWhile',
                  expr: `vector(time()) < ${until}`,
                  labels: { severity: 'warning', zone: 'a "b" é' },
                  annotations: { summary: 'Until {{ $value | printf "%.0f" }}' },
                },
              ],
            },
          ],
        }),
      );
      writeFileSync(
        join(folder, 'prometheus.yml'),
        JSON.stringify({
          global: { evaluation_interval: '1s', external_labels: { cluster: 'trial' } },
          rule_files: ['rules.yml'],
          alerting: {
            alertmanagers: [{ authorization: { credentials: key }, static_configs: [{ targets: [host] }] }],
          },
        }),
      );
      const prometheus = startTool(
        'prometheus',
        [
          '--config.file=prometheus.yml',
          '--storage.tsdb.path=data',
          '--web.listen-address=127.0.0.1:0',
          '--rules.alert.resend-delay=1s',
        ],
        folder,
      );
      try {
        const [always] = await eventually(
          async () => {
            if (prometheus.child.exitCode !== null) throw new Error(prometheus.said());
            return alertsNamed('AlwaysFiring');
          },
          (alerts) => (alerts[0]?.told_count ?? 0) > 2,
          40_000,
        );
        expect(always).toMatchObject({
          status: 'firing',
          source: 'alertmanager',
          labels: { alertname: 'AlwaysFiring', cluster: 'trial', severity: 'critical' },
        });
        expect(always.generator_url).toContain('/graph?');
        const [over, ...others] = await eventually(
          () => alertsNamed('FiresForAWhile'),
          (alerts) => alerts[0]?.status === 'resolved',
          40_000,
        );
        expect(others).toEqual([]);
        expect(over).toMatchObject({ is_timed_out: false, labels: { zone: 'a "b" é' } });
        expect(over.annotations.summary).toMatch(/^Until \d+$/);
        expect(await alertsNamed('AlwaysFiring')).toHaveLength(1);
        expect(prometheus.said()).not.toMatch(/Error sending alert/);
      } finally {
        await prometheus.stop();
      }
    }, 120_000);
  });

  describeWith(['amtool'], 'amtool', () => {
    const amtool = (...parameters: string[]): Promise<ToolRun> => {
      const url = new URL(base);
      url.username = 'key';
      url.password = key;
      // It warns where the version is not its own, and ours is our own.
      return runTool('amtool', [`--alertmanager.url=${url.toString()}`, '--no-version-check', ...parameters]);
    };
    const shown = async (...parameters: string[]): Promise<Record<string, any>[]> => {
      const { code, output, errors } = await amtool('--output=json', ...parameters);
      expect([code, errors]).toEqual([0, '']);
      return JSON.parse(output) as Record<string, any>[];
    };
    const names = (alerts: Record<string, any>[]): string[] =>
      alerts.map(({ labels }) => (labels as { instance: string }).instance).sort();

    it('adds alerts, and finds them by matchers of every kind', async () => {
      for (const instance of ['web-1', 'web-2', 'db-1']) {
        const added = await amtool(
          'alert',
          'add',
          'alertname=FromAmtool',
          `instance=${instance}`,
          '--annotation=summary=a test',
        );
        expect(added).toEqual({ code: 0, output: '', errors: '' });
      }
      const query = (...matchers: string[]) => shown('alert', 'query', 'alertname=FromAmtool', ...matchers);
      expect(names(await query())).toEqual(['db-1', 'web-1', 'web-2']);
      expect(names(await query('instance=web-1'))).toEqual(['web-1']);
      expect(names(await query('instance!=web-1'))).toEqual(['db-1', 'web-2']);
      expect(names(await query('instance=~web-.*'))).toEqual(['web-1', 'web-2']);
      expect(names(await query('instance!~web-.*'))).toEqual(['db-1']);
      expect(names(await query('instance=~web'))).toEqual([]);
      expect(names(await query('severity='))).toEqual(['db-1', 'web-1', 'web-2']);
      expect((await amtool('alert', 'query', 'alertname=FromAmtool')).output).toContain('a test');
      expect(await alertsNamed('FromAmtool')).toHaveLength(3);
    });

    it('ends an alert by its end', async () => {
      await amtool('alert', 'add', 'alertname=Ended', 'instance=x');
      const end = new Date(Date.now() - 1_000).toISOString();
      expect(await amtool('alert', 'add', 'alertname=Ended', 'instance=x', `--end=${end}`)).toMatchObject({
        code: 0,
      });
      expect((await alertsNamed('Ended')).map(({ status }) => status)).toEqual(['resolved']);
      expect(await shown('alert', 'query', 'alertname=Ended')).toEqual([]);
    });

    it('silences alerts, sees that they are, changes the silence, and ends it', async () => {
      const added = await amtool(
        'silence',
        'add',
        '--author=jane',
        '--comment=planned work',
        '--duration=1h',
        'alertname=FromAmtool',
        'instance=~web-.*',
      );
      expect(added).toMatchObject({ code: 0, errors: '' });
      const id = added.output.trim();
      expect(names(await shown('alert', 'query', 'alertname=FromAmtool'))).toEqual(['db-1']);
      const silenced = await shown('alert', 'query', '--silenced', 'alertname=FromAmtool');
      expect(silenced.map(({ status }) => status as unknown)).toEqual([
        expect.objectContaining({ state: 'suppressed', silencedBy: [id] }),
        expect.objectContaining({ state: 'suppressed', silencedBy: [id] }),
      ]);
      expect(await shown('silence', 'query', 'alertname=FromAmtool')).toEqual([
        expect.objectContaining({
          id,
          createdBy: 'jane',
          comment: 'planned work',
          status: { state: 'active' },
          matchers: [
            { name: 'alertname', value: 'FromAmtool', isRegex: false, isEqual: true },
            { name: 'instance', value: 'web-.*', isRegex: true, isEqual: true },
          ],
        }),
      ]);
      const updated = await amtool('silence', 'update', '--duration=2h', '--comment=longer', id);
      expect(updated).toMatchObject({ code: 0, errors: '' });
      expect((await shown('silence', 'query')).map((one) => [one.id, one.comment])).toEqual([[id, 'longer']]);
      expect(await amtool('silence', 'expire', id)).toEqual({ code: 0, output: '', errors: '' });
      expect(await shown('silence', 'query')).toEqual([]);
      expect(await shown('silence', 'query', '--expired', '--within=1h')).toHaveLength(1);
      expect(names(await shown('alert', 'query', 'alertname=FromAmtool'))).toEqual([
        'db-1',
        'web-1',
        'web-2',
      ]);
    });

    it('sees the configuration and the state of the cluster', async () => {
      expect((await amtool('config', 'show')).output).toContain('receiver: smartcloudops');
      expect((await amtool('cluster', 'show')).output).toContain('disabled');
    });

    it('hears why something is refused', async () => {
      const refused = await amtool('silence', 'add', '--author=a', '--comment=c', 'alertname=~.*');
      expect(refused.code).not.toBe(0);
      expect(refused.errors).toContain('at least one matcher must not match the empty string');
    });
  });
});
