import { freePort } from '../../src/database/postgres-cluster';
import { isInstalled, PeerProcess } from '../support/peer-process';
import { ServerProcess } from '../support/server-process';
import { eventually } from '../support/test-app';
import { createTestDatabase, TestDatabase } from '../support/test-database';

const PATIENCE_MS = 60_000;

const configuration = (target: string, url: string, key: string): string => `
global:
  scrape_interval: 1s
scrape_configs:
  - job_name: smartcloudops
    static_configs:
      - targets: ['${target}']
remote_write:
  - url: ${url}/api/v1/write
    authorization:
      credentials: ${key}
    queue_config:
      batch_send_deadline: 500ms
`;

/** A stock Prometheus; where none is installed this prints "not run". */
const whereInstalled = isInstalled('prometheus') ? describe : describe.skip;

whereInstalled('a real Prometheus (not run where it is not installed)', () => {
  let database: TestDatabase;
  let server: ServerProcess;
  let prometheus: PeerProcess;
  let port: number;

  beforeAll(async () => {
    database = await createTestDatabase();
    server = await ServerProcess.start({ DATABASE_URL: database.url });
    const { body } = await server.fetch('/api/auth/keys', {
      method: 'POST',
      body: { name: 'prometheus', scopes: ['telemetry:write'] },
    });
    port = await freePort();
    prometheus = PeerProcess.start(
      'prometheus',
      ['--config.file=prometheus.yml', '--storage.tsdb.path=data', `--web.listen-address=127.0.0.1:${port}`],
      { 'prometheus.yml': configuration(new URL(server.url).host, server.url, body.data.key) },
    );
  });
  afterAll(async () => {
    await prometheus.stop();
    await server.kill();
    await database.drop();
  });

  const seriesOf = async (name: string) =>
    (await server.fetch(`/api/telemetry/series?name=${name}`)).body.data.series as {
      id: number;
      labels: object;
    }[];
  const valuesOf = async (id: number) =>
    (await server.fetch(`/api/telemetry/series/${id}/samples`)).body.data.samples as [string, number][];
  const inPrometheus = async (query: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`);
    const { data } = (await answer.json()) as { data: { result: { values: [number, string][] }[] } };
    return data.result[0]?.values ?? [];
  };

  it('writes into us what it scrapes of us, and what it holds is what we hold', async () => {
    const [up] = await eventually(
      () => seriesOf('up'),
      (series) => series.length === 1,
      PATIENCE_MS,
    );
    expect(up.labels).toMatchObject({ job: 'smartcloudops', instance: new URL(server.url).host });
    await eventually(
      () => valuesOf(up.id),
      (values) => values.length >= 5,
      PATIENCE_MS,
    );
    const ours = new Map((await valuesOf(up.id)).map(([time, value]) => [Date.parse(time), value]));
    const theirs = (await inPrometheus('up[5m]')).map(([seconds, value]) => [
      Math.round(seconds * 1_000),
      Number(value),
    ]);
    const sent = theirs.filter(([timeMs]) => timeMs <= Math.max(...ours.keys()));
    expect(sent.length).toBeGreaterThanOrEqual(5);
    expect(sent.map(([timeMs]) => ours.get(timeMs))).toEqual(sent.map(([, value]) => value));
  });

  it('has nothing to complain of', async () => {
    const sent = async (name: string) => {
      const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      return page
        .split('\n')
        .filter((line) => line.startsWith(name))
        .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    };
    await eventually(
      () => sent('prometheus_remote_storage_samples_total'),
      (count) => count > 500,
      PATIENCE_MS,
    );
    expect(await sent('prometheus_remote_storage_samples_failed_total')).toBe(0);
    expect(await sent('prometheus_remote_storage_samples_dropped_total')).toBe(0);
  });
});
