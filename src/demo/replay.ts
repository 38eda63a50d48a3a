import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { durationText, usualText } from './anomaly-words';
import { Belongings } from './belongings';
import { uploadCsv } from './csv-upload';
import { readHistory } from './history-zoom';
import { Anomaly, Bucket, Detector, Pagination, SampleImport, Series } from './product-answers';
import { ProductClient, ProductError } from './product-client';
import { ProductProcess } from './product-process';
import { progressBar } from './progress-bar';
import { readReplayOptions, ReplayOptions } from './replay-options';
import { columnsOf, markLine, Span, sparkline } from './sparkline';
import { runStory } from './story';
import { Terminal } from './terminal';
import { textTable } from './text-table';
import { sayValue } from './units';

/*
 * `npm run replay -- FILE.csv`: what the product would have found in your data, in the data's own time. The file goes through the
 * product's own import, and everything said about anomalies comes from its own API.
 */

const USAGE = `npm run replay -- FILE.csv [options]
  FILE.csv       a header, then timestamp,value; times as ISO 8601, YYYY-MM-DD HH:MM:SS (UTC), or seconds or milliseconds since 1970
  --name NAME    the metric's name (default: the file's)
  --keep         leave the server running afterwards, until Ctrl-C
  --url URL      use a running product instead of starting one on temporary data ...
  --token TOKEN  ... with this access token or API key`;

const LOOK_MS = 200;
const CHART_COLUMNS = 100;
const CHART_LINES = 4;
/** Series of a single sample that is sent after the import: once that of its group was scored, so was everything before it. */
const LAST_SERIES = 'replay_finished';
/** A shorter anomaly is a moment. */
const TOLD_DURATION_MS = 60_000;
/** A longer chart is labelled with days. */
const LONG_MS = 2 * 86_400_000;
const DATE_LENGTH = '2026-01-31'.length;

class Replay {
  private client: ProductClient;
  /** Tells this replay's series from those of earlier ones. */
  private readonly id = randomBytes(4).toString('hex');

  constructor(
    private readonly options: ReplayOptions,
    private readonly terminal: Terminal,
    private readonly controller: AbortController,
  ) {}

  /** Always true: no anomaly is as good an answer as many. Whatever happens, nothing is left running. */
  async run(): Promise<boolean> {
    const { terminal, options } = this;
    const { signal } = this.controller;
    const belongings = new Belongings();
    try {
      const product = options.remote === null ? belongings.own(await this.startProduct()) : null;
      const { url } = product ?? options.remote!;
      this.client = new ProductClient(url, product ?? { token: options.remote!.token }, signal);
      const done = await this.import();
      await this.waitUntilScored(done);
      await this.report(done);
      if (product !== null && options.isKept) await product.keepUntil(signal, terminal);
      return true;
    } finally {
      await belongings.stopAll();
    }
  }

  private startProduct(): Promise<ProductProcess> {
    this.terminal.progress('  Starting the server and its database on temporary data …');
    return ProductProcess.start({
      signal: this.controller.signal,
      // Only what is replayed is of interest here.
      settings: { HOST_COLLECTOR: 'false' },
      onDeath: (error) => this.controller.abort(error),
    });
  }

  private async import(): Promise<SampleImport> {
    const { terminal, options, client } = this;
    const { name, path, bytes } = options;
    const query = new URLSearchParams({
      name,
      ...(options.remote !== null && { labels: `replay:${this.id}` }),
    });
    const startedAtMs = Date.now();
    const { import: done } = await uploadCsv<{ import: SampleImport }>({
      url: `${client.url}/api/telemetry/imports?${query.toString()}`,
      token: await client.token(),
      path,
      bytes,
      signal: this.controller.signal,
      onSent: (sent) =>
        terminal.progress(
          `  import   ${progressBar(sent, bytes)}  ${sayValue('bytes', sent)} of ${sayValue('bytes', bytes)}`,
        ),
    }).catch((error: unknown) => {
      // What is wrong with the data is wrong with the file.
      if (error instanceof ProductError && error.code.startsWith('telemetry/'))
        throw new ProductError(error.status, error.code, `${path}: ${error.message}`);
      throw error;
    });
    const missing =
      done.missing_rows === 0 ? '' : `, ${done.missing_rows.toLocaleString('en')} without a value skipped`;
    terminal.settle(
      `  import   ${progressBar(1, 1)}  ${done.rows.toLocaleString('en')} rows of ${path}${missing}   ${seconds(startedAtMs)}`,
    );
    return done;
  }

  /**
   * Detection takes the stored samples of a group of series in the order in which they were stored, so it has scored all of the import as soon
   * as it has scored one of the same group that was stored afterwards. Counting rows would not do: those that are not later than the row before them are not scored.
   */
  private async waitUntilScored({ series_id, rows }: SampleImport): Promise<void> {
    const { terminal, client } = this;
    const startedAtMs = Date.now();
    const { groups } = await client.get<{ groups: object[] }>('/api/ml/groups');
    const samples = groups.map((_, group) => ({
      name: LAST_SERIES,
      labels: { replay: this.id, group: String(group) },
      value: 1,
    }));
    await client.post('/api/telemetry/samples', { samples });
    const path = `/api/telemetry/series?name=${LAST_SERIES}&labels=replay:${this.id}&limit=100`;
    const { series } = await client.get<{ series: Series[] }>(path);
    // New series have ids in a row, so that one is of each group; unless somebody else registered some at that moment.
    const last = series.find(({ id }) => (id - series_id) % groups.length === 0) ?? series[0];
    let have: number;
    for (;;) {
      // In this order: when the last one is scored, the count below is final.
      const isFinished = (await this.valuesSeen(last.id)) > 0;
      have = await this.valuesSeen(series_id);
      if (isFinished) break;
      terminal.progress(
        `  scoring  ${progressBar(have, rows)}  ${have.toLocaleString('en')} of ${rows.toLocaleString('en')}`,
      );
      await delay(LOOK_MS, undefined, { signal: this.controller.signal });
    }
    const unscored = rows - have;
    const note =
      unscored === 0 ? '' : `, ${unscored.toLocaleString('en')} not later than the row before them`;
    terminal.settle(
      `  scoring  ${progressBar(1, 1)}  ${have.toLocaleString('en')} values${note}   ${seconds(startedAtMs)}`,
      '',
    );
    // Tidying up is a courtesy that not every token may show.
    for (const { id } of series) await client.delete(`/api/telemetry/series/${id}`).catch(() => undefined);
  }

  private async valuesSeen(seriesId: number): Promise<number> {
    const { detector } = await this.client.get<{ detector: Detector }>(`/api/ml/detectors/${seriesId}`);
    return detector.readiness?.have ?? 0;
  }

  private async report({ series_id }: SampleImport): Promise<void> {
    const { terminal, client } = this;
    const { name } = this.options;
    const [{ detector }, anomalies, spans] = await Promise.all([
      client.get<{ detector: Detector }>(`/api/ml/detectors/${series_id}`),
      this.listAnomalies(series_id),
      readHistory((fromMs, toMs, step) => this.readBuckets(series_id, fromMs, toMs, step)),
    ]);
    terminal.say(...this.chart(name, spans, anomalies), '');
    if (anomalies.length === 0) {
      const { ready, reason } = detector.readiness ?? { ready: false, reason: 'the series is not scored' };
      terminal.say(ready ? '  No anomaly.' : `  No anomaly could open: ${reason}.`);
    } else {
      const table = [
        ['', 'began', 'last seen', 'resolved', 'severity', 'farthest value', 'usual band'],
        ...anomalies.map((one) => row(name, one)),
      ];
      terminal.say(...textTable(table).map((line) => `  ${line}`), '', '  Times are the data’s own, in UTC.');
    }
    terminal.say('', ...this.links(series_id), '');
  }

  /** Where to look further, where there is something to look at afterwards. */
  private links(seriesId: number): string[] {
    const { url } = this.client;
    if (this.options.remote === null && !this.options.isKept) {
      return ['  Add --keep to go on in Swagger UI with what was found.'];
    }
    return [
      `  ${url}/api/anomalies?series_id=${seriesId}   ${url}/api/docs#/Anomalies/Anomaly_list`,
      `  ${url}/api/ml/detectors/${seriesId}   ${url}/api/docs#/Detection/Detectors_get`,
    ];
  }

  private chart(name: string, spans: readonly Span[], anomalies: readonly Anomaly[]): string[] {
    if (spans.length === 0) return [];
    const columns = Math.min(CHART_COLUMNS, Math.max(20, this.terminal.columns - 4));
    const fromMs = spans[0].startMs;
    const toMs = spans[spans.length - 1].endMs;
    const marks = anomalies.flatMap(({ onset_at, last_seen_at }) =>
      onset_at === null || last_seen_at === null
        ? []
        : [{ fromMs: Date.parse(onset_at), toMs: Date.parse(last_seen_at) }],
    );
    // Days are exact enough here, and the buckets begin a little before their first sample.
    const [first, last] = [fromMs, toMs - 1].map((ms) =>
      dataTime(ms).slice(0, toMs - fromMs > LONG_MS ? DATE_LENGTH : undefined),
    );
    const lowest = spans.reduce((least, { min }) => Math.min(least, min), Infinity);
    const highest = spans.reduce((most, { max }) => Math.max(most, max), -Infinity);
    return [
      `  ${this.terminal.style('bold', name)}, ${sayValue(name, lowest)} to ${sayValue(name, highest)}`,
      ...sparkline(columnsOf(spans, columns), CHART_LINES).map((line) => `  ${line}`.trimEnd()),
      `  ${this.terminal.style('red', markLine(marks, fromMs, toMs, columns))}`,
      `  ${first}${last.padStart(columns - first.length)}`,
    ];
  }

  private async listAnomalies(seriesId: number): Promise<Anomaly[]> {
    const anomalies: Anomaly[] = [];
    let cursor: string | null = null;
    do {
      const query = new URLSearchParams({
        series_id: String(seriesId),
        order: 'asc',
        per_page: '100',
        ...(cursor !== null && { cursor }),
      });
      const page: { anomalies: Anomaly[]; pagination: Pagination } = await this.client.get(
        `/api/anomalies?${query.toString()}`,
      );
      anomalies.push(...page.anomalies);
      cursor = page.pagination.next_cursor ?? null;
    } while (cursor !== null);
    return anomalies.sort((a, b) => Date.parse(a.onset_at ?? '') - Date.parse(b.onset_at ?? ''));
  }

  private async readBuckets(seriesId: number, fromMs: number, toMs: number, step: number): Promise<Bucket[]> {
    const query = new URLSearchParams({
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      step: String(step),
    });
    const { buckets } = await this.client.get<{ buckets: Bucket[] }>(
      `/api/telemetry/series/${seriesId}/samples?${query.toString()}`,
    );
    return buckets;
  }
}

function row(name: string, { id, severity, status, onset_at, last_seen_at, metric }: Anomaly): string[] {
  const lasted = Date.parse(last_seen_at ?? '') - Date.parse(onset_at ?? '');
  return [
    `#${id}`,
    onset_at === null ? '-' : dataTime(Date.parse(onset_at)),
    last_seen_at === null
      ? '-'
      : `${dataTime(Date.parse(last_seen_at))}${lasted >= TOLD_DURATION_MS ? ` (${durationText(lasted / 1_000)})` : ''}`,
    status === 'resolved' ? 'yes' : 'still open',
    severity,
    sayValue(name, metric?.peak_value ?? null),
    usualText(name, metric?.usual_lower ?? null, metric?.usual_upper ?? null).replace('usually ', ''),
  ];
}

function dataTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

function seconds(sinceMs: number): string {
  return `${((Date.now() - sinceMs) / 1_000).toFixed(1)} s`;
}

runStory(USAGE, (terminal, controller) =>
  new Replay(readReplayOptions(process.argv.slice(2)), terminal, controller).run(),
);
