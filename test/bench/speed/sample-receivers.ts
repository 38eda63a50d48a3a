import { BaselineProgram, BaselineServer } from './baseline-server';
import { BenchRun, ProcessorSource, sourceOf } from './bench-run';
import { seriesLabels, STEP_MS } from './sample-requests';
import { TargetServer } from './target-server';

/** How far before now the first samples are: each is a step after the one before, and the last must not lie ahead. */
const BEGIN_BEFORE_MS = 8 * 3_600_000;

export const PROMETHEUS: BaselineProgram = {
  name: 'prometheus',
  commands: ['prometheus'],
  parameters: (port, folder) => [
    '--web.enable-remote-write-receiver',
    '--config.file=/dev/null',
    `--storage.tsdb.path=${folder}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=warn',
  ],
};

/** How one server is sent samples, and how it is asked what it has. */
export interface SampleReceiver {
  readonly server: { readonly name: string; readonly port: number };
  readonly source: ProcessorSource;
  storedSamples(): Promise<number>;
  /** [time, value] of one series in [fromMs, toMs). */
  read(series: number, fromMs: number, toMs: number): Promise<(readonly [number, number])[]>;
  /** Every sample after this one is later. */
  clockMs: number;
  acknowledged: number;
}

/** The product, asked over its API and in its tables. */
export function productReceiver(run: BenchRun, server: TargetServer): SampleReceiver {
  return {
    server,
    source: sourceOf(server),
    clockMs: firstTimeMs(),
    acknowledged: 0,
    storedSamples: () =>
      run.cluster.number(
        server.database,
        `SELECT (SELECT coalesce(sum(sample_count), 0) FROM sample_batches) + (SELECT coalesce(sum(sample_count), 0) FROM sample_chunks) AS value`,
      ),
    read: async (series, fromMs, toMs) => {
      const [from, to] = [fromMs, toMs].map((ms) => new Date(ms).toISOString());
      const { series: found } = await server.get<{ series: { samples: [string, number][] }[] }>(
        `/api/telemetry/query?match=${selector(series)}&from=${from}&to=${to}`,
      );
      return found.flatMap(({ samples }) =>
        samples.map(([time, value]) => [Date.parse(time), value] as const),
      );
    },
  };
}

/** Prometheus, asked over its API and by its own metrics. */
export function prometheusReceiver(server: BaselineServer): SampleReceiver {
  return {
    server,
    source: sourceOf(server),
    clockMs: firstTimeMs(),
    acknowledged: 0,
    storedSamples: async () =>
      Number(
        /^prometheus_tsdb_head_samples_appended_total\S* (\S+)$/m.exec(await server.get('/metrics'))?.[1],
      ),
    read: async (series, fromMs, toMs) => {
      const range = `[${(toMs - fromMs) / 1_000}s]`;
      // A range of Prometheus' holds both its ends.
      const time = (toMs - 1) / 1_000;
      const answer = JSON.parse(
        await server.get(`/api/v1/query?query=${selector(series)}${encodeURIComponent(range)}&time=${time}`),
      ) as { data: { result: { values: [number, string][] }[] } };
      return answer.data.result.flatMap(({ values }) =>
        values.map(([seconds, value]) => [Math.round(seconds * 1_000), Number(value)] as const),
      );
    },
  };
}

function firstTimeMs(): number {
  return Math.floor((Date.now() - BEGIN_BEFORE_MS) / STEP_MS) * STEP_MS;
}

function selector(series: number): string {
  const matchers = Object.entries(seriesLabels(series)).map(([name, value]) => `${name}="${value}"`);
  return encodeURIComponent(`{${matchers.join(',')}}`);
}
