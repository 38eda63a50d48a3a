import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { AnomalyFeed } from './anomaly-feed';
import { Belongings } from './belongings';
import { Fault } from './fault';
import {
  FaultTrial,
  HeardEvent,
  judgeTrial,
  OPEN_WITHIN_SECONDS,
  TrialReport,
  unexplained,
} from './fault-trial';
import { abortOnSignals, Interrupted, INTERRUPTED_EXIT_CODE } from './interrupt';
import { Anomaly, Detector, Pagination, Series } from './product-answers';
import { ProductClient } from './product-client';
import { ProductProcess } from './product-process';
import { progressBar } from './progress-bar';
import { SampleProcess } from './sample-process';
import { Terminal } from './terminal';
import { textTable } from './text-table';
import { Traffic } from './traffic';
import { sayValue } from './units';

/*
 * `npm run demo`: the main job on real input. The real server on temporary data watches a small real service under real traffic,
 * which is then really made to fail. Everything said about anomalies comes from the product's own API.
 */

const USAGE = `npm run demo             the whole story, in less than 8 minutes
npm run demo -- --keep   leaves the server running afterwards, until Ctrl-C`;

const JOB = 'orders';
const LOOK_MS = 1_000;
/** Readiness asks for 120 values; the minute after it shows the detectors how far the series usually wander. */
const WARM_UP_SECONDS = 180;
const WARM_UP_LIMIT_SECONDS = 300;
/** How long a fault goes on after it was found, as if somebody had to come and look. */
const HOLD_SECONDS = 10;
/** The quantiles forget within 5 seconds, an episode ends after 60 normal ones; the rest is patience. */
const RESOLVE_LIMIT_SECONDS = 120;

interface Scenario {
  readonly name: string;
  readonly metric: string;
  readonly fault: Fault;
  readonly story: string;
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'latency',
    metric: 'orders_response_seconds',
    fault: { latency_ms: 250 },
    story: 'every answer now waits a quarter of a second longer',
  },
  {
    name: 'memory leak',
    metric: 'process_resident_memory_bytes',
    fault: { leak_mb_per_second: 5 },
    story: 'the service now keeps 5 MB more every second',
  },
];

/** What a finished trial is reported with. */
interface FinishedTrial {
  readonly scenario: Scenario;
  readonly trial: FaultTrial;
}

class Demo {
  private readonly startedAtMs = Date.now();
  private client: ProductClient;
  private feed: AnomalyFeed;
  private service: SampleProcess;

  constructor(
    private readonly terminal: Terminal,
    private readonly controller: AbortController,
  ) {}

  /** True where both faults were found in time and resolved. Whatever happens, nothing of it is left behind. */
  async run(isKept: boolean): Promise<boolean> {
    const { terminal } = this;
    const belongings = new Belongings();
    try {
      this.service = belongings.own(await SampleProcess.start(this.fail));
      const traffic = belongings.own(Traffic.start(this.service.url));
      const product = belongings.own(await this.startProduct());
      belongings.later(() => terminal.progress('Stopping …'));
      await this.connect(product, traffic);
      const watched = await this.findWatched();
      await this.warmUp(watched);
      const finished: FinishedTrial[] = [];
      for (const scenario of SCENARIOS) finished.push(await this.tryFault(scenario, watched));
      const isGood = await this.report(finished, traffic);
      if (isKept) await this.keep(product);
      return isGood;
    } finally {
      await belongings.stopAll();
      terminal.settle(terminal.style('dim', 'Everything is stopped, and the temporary data is removed.'));
    }
  }

  private readonly fail = (error: Error): void => this.controller.abort(error);

  private get signal(): AbortSignal {
    return this.controller.signal;
  }

  private async startProduct(): Promise<ProductProcess> {
    const { terminal } = this;
    terminal.say(
      terminal.style('bold', 'SmartCloudOps AI: a real fault in a real service, found by its own usual band'),
      '',
    );
    terminal.progress('Starting the server and its database …');
    return ProductProcess.start({
      signal: this.signal,
      settings: { COLLECTOR_INTERVAL_SECONDS: '1' },
      onDeath: this.fail,
    });
  }

  /** What an operator would do: allow the call, add the target, open the stream. */
  private async connect(product: ProductProcess, traffic: Traffic): Promise<void> {
    const { terminal, service } = this;
    this.client = new ProductClient(product.url, product, this.signal);
    await this.client.post('/api/admin/egress', {
      url: service.url,
      allow_private: true,
      note: 'the demo service',
    });
    await this.client.post('/api/telemetry/targets', {
      name: JOB,
      url: service.metricsUrl,
      interval_seconds: 1,
    });
    this.feed = await AnomalyFeed.start(this.client, (event) => this.tell(event), this.fail);
    terminal.settle(
      `  Server     ${terminal.style('cyan', `${product.url}/api/docs`)}   user ${product.username}, password ${product.password}`,
      `  Host       measured every second by the server's own collector`,
      `  Service    ${service.metricsUrl}, scraped every second`,
      `  Traffic    ${traffic.requestsPerSecond} requests a second, steadily`,
      '',
    );
  }

  /** The service's series, once its page has been read. */
  private async findWatched(): Promise<Series[]> {
    const deadline = Date.now() + 20_000;
    for (;;) {
      const { series } = await this.client.get<{ series: Series[] }>(
        `/api/telemetry/series?labels=job:${JOB}&per_page=100`,
      );
      if (series.length > 0) return series;
      if (Date.now() > deadline)
        throw new Error(`The service's page was not scraped: ${await this.scrapeError()}`);
      await delay(LOOK_MS / 2, undefined, { signal: this.signal });
    }
  }

  private async scrapeError(): Promise<string> {
    const { targets } = await this.client.get<{ targets: { last_error: string | null }[] }>(
      '/api/telemetry/targets',
    );
    return targets[0]?.last_error ?? 'no scrape was tried';
  }

  private async warmUp(watched: readonly Series[]): Promise<void> {
    const { terminal } = this;
    const ids = new Set(watched.map(({ id }) => id));
    const startedAtMs = Date.now();
    let readyAtSeconds: number | null = null;
    terminal.say(
      terminal.style('bold', 'Warm-up') + ': each series learns its own usual band; nobody sets a threshold',
    );
    for (;;) {
      const seconds = secondsSince(startedAtMs);
      const detectors = await this.detectorsOf(ids);
      const waiting = detectors.filter(({ readiness }) => readiness !== null && !readiness.ready);
      if (detectors.length > 0 && waiting.length === 0) readyAtSeconds ??= seconds;
      if (readyAtSeconds !== null && seconds >= WARM_UP_SECONDS) break;
      if (seconds > WARM_UP_LIMIT_SECONDS) {
        throw new Error(
          `Not ready after ${WARM_UP_LIMIT_SECONDS} s: ${waiting.map((one) => `${one.series}: ${one.readiness?.reason}`).join('; ')}`,
        );
      }
      const have = Math.min(...detectors.map(({ readiness }) => readiness?.have ?? Infinity));
      const need = Math.max(...detectors.map(({ readiness }) => readiness?.need ?? 0));
      terminal.progress(
        readyAtSeconds === null
          ? `  ${progressBar(have, need)}  ${Number.isFinite(have) ? have : 0} of ${need} values   ${seconds.toFixed(0)} s`
          : `  ${progressBar(seconds, WARM_UP_SECONDS)}  ready since ${readyAtSeconds.toFixed(0)} s; the bands settle   ${seconds.toFixed(0)} s`,
      );
      await delay(LOOK_MS, undefined, { signal: this.signal });
    }
    const all = await this.client.get<{ pagination: Pagination }>('/api/ml/detectors?per_page=1');
    terminal.settle(
      `  ${terminal.style('green', '✔')} the service's ${ids.size} series were ready after ${readyAtSeconds.toFixed(0)} s; ${all.pagination.total} series are watched in all`,
      '',
    );
  }

  /** Injects a fault, ends it once it was found (or should have been), and waits until it is resolved. */
  private async tryFault(scenario: Scenario, watched: readonly Series[]): Promise<FinishedTrial> {
    const { terminal, service, feed } = this;
    const series = watched.filter(({ name }) => name === scenario.metric);
    const before = await this.detectorsOf(new Set(series.map(({ id }) => id)));
    await service.inject(scenario.fault);
    let trial: FaultTrial = { job: JOB, metric: scenario.metric, injectedAtMs: Date.now(), endedAtMs: null };
    const number = SCENARIOS.indexOf(scenario) + 1;
    terminal.say(
      `${terminal.style('bold', `Fault ${number} of ${SCENARIOS.length}, ${scenario.name}`)}: ${scenario.story}`,
      ...before.map(
        ({ series: title, band }) =>
          `  ${title} usually lies between ${sayValue(scenario.metric, band?.usual_lower ?? null)} and ${sayValue(scenario.metric, band?.usual_upper ?? null)}`,
      ),
    );
    await this.wait(
      () => judgeTrial(trial, feed.events).anomaly !== null,
      OPEN_WITHIN_SECONDS,
      series,
      (seconds, now) => `  the fault is on since ${seconds.toFixed(0)} s; ${now}`,
    );
    if (judgeTrial(trial, feed.events).anomaly !== null) {
      await this.wait(
        () => false,
        HOLD_SECONDS,
        series,
        (_, now) => `  found, the fault goes on for ${HOLD_SECONDS} s more; ${now}`,
      );
    }

    await service.inject({});
    trial = { ...trial, endedAtMs: Date.now() };
    const onSeconds = (Date.now() - trial.injectedAtMs) / 1_000;
    terminal.settle(
      `  ${clockTime(Date.now())}  the fault is ended after ${onSeconds.toFixed(0)} s; the product must see that by itself`,
    );
    const isOver = (): boolean => judgeTrial(trial, feed.events).isOver;
    await this.wait(
      isOver,
      RESOLVE_LIMIT_SECONDS,
      series,
      (seconds, now) => `  the fault is over since ${seconds.toFixed(0)} s; ${now}`,
    );
    terminal.settle('');
    return { scenario, trial };
  }

  /** Waits until something is so, or the time is up, and shows how the series are meanwhile. */
  private async wait(
    isSo: () => boolean,
    limitSeconds: number,
    series: readonly Series[],
    show: (seconds: number, now: string) => string,
  ): Promise<void> {
    const ids = new Set(series.map(({ id }) => id));
    const startedAtMs = Date.now();
    let lookAtMs = 0;
    let now = '';
    while (!isSo() && secondsSince(startedAtMs) < limitSeconds) {
      if (Date.now() >= lookAtMs) {
        lookAtMs = Date.now() + LOOK_MS;
        const detectors = await this.detectorsOf(ids);
        now = detectors.map((one) => sayValue(series[0].name, one.last_score?.value ?? null)).join(', ');
      }
      this.terminal.progress(show(secondsSince(startedAtMs), `${series[0].name} is now ${now}`));
      await delay(LOOK_MS / 4, undefined, { signal: this.signal });
    }
  }

  private async detectorsOf(seriesIds: ReadonlySet<number>): Promise<Detector[]> {
    // Newest series first, so the service's are among these.
    const { detectors } = await this.client.get<{ detectors: Detector[] }>('/api/ml/detectors?per_page=100');
    return detectors.filter(({ series_id, tier }) => seriesIds.has(series_id) && tier !== null);
  }

  /** One event of the product's stream, as it comes. */
  private tell({ atMs, event, anomaly }: HeardEvent): void {
    const { terminal } = this;
    const style =
      event === 'resolved' ? 'green' : event === 'opened' || event === 'reopened' ? 'red' : 'yellow';
    const head = terminal.style(style, `${event.padEnd(8)} ${anomaly.severity.padEnd(8)}`);
    terminal.say(`  ${clockTime(atMs)}  ${head} #${anomaly.id} ${anomaly.title}`);
    if (style === 'red') {
      terminal.say(
        `            ${evidenceText(anomaly)}`,
        terminal.style(
          'dim',
          `            ${this.client.url}/api/anomalies/${anomaly.id}   ${this.client.url}/api/docs#/Anomalies/Anomaly_get`,
        ),
      );
    }
  }

  private async report(finished: readonly FinishedTrial[], traffic: Traffic): Promise<boolean> {
    const { terminal, feed } = this;
    const reports = finished.map(({ scenario, trial }) => ({
      scenario,
      trial,
      report: judgeTrial(trial, feed.events),
    }));
    const others = unexplained(
      finished.map(({ trial }) => trial),
      feed.events,
    );
    const complaints = reports.flatMap(({ scenario, report }) =>
      report.complaints.map((complaint) => `${scenario.name}: ${complaint}`),
    );
    terminal.say(
      terminal.style('bold', 'Summary'),
      ...textTable([
        ['fault', 'seen in', 'injected', 'opened', 'resolved', 'severity', 'also found'],
        ...reports.map(({ scenario, trial, report }) => reportRow(scenario, trial, report)),
      ]).map((line) => `  ${line}`),
      '',
      `  Anomalies outside of the faults: ${others.length}`,
      ...others.map(
        ({ atMs, anomaly }) =>
          `    ${clockTime(atMs)}  ${anomaly.severity}  ${anomaly.title}; ${evidenceText(anomaly)}`,
      ),
      `  Requests served: ${traffic.served.toLocaleString('en')}, failed: ${traffic.failed}`,
      `  The whole story took ${durationText(secondsSince(this.startedAtMs))}.`,
      ...complaints.map((complaint) => terminal.style('red', `  ✘ ${complaint}`)),
      ...(complaints.length === 0
        ? [
            terminal.style(
              'green',
              '  ✔ Both faults were found within a minute and resolved after they ended.',
            ),
          ]
        : []),
      '',
    );
    return complaints.length === 0;
  }

  private async keep(product: ProductProcess): Promise<void> {
    this.terminal.say(
      `The server goes on: ${product.url}/api/docs, user ${product.username}, password ${product.password}. Ctrl-C ends it.`,
    );
    await new Promise<void>((resolve) => {
      this.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    if (!(this.signal.reason instanceof Interrupted)) throw this.signal.reason;
  }
}

function reportRow(scenario: Scenario, trial: FaultTrial, report: TrialReport): string[] {
  const { openedAfterSeconds, resolvedAfterSeconds, anomaly, alsoFound } = report;
  return [
    scenario.name,
    scenario.metric,
    clockTime(trial.injectedAtMs),
    openedAfterSeconds === null ? 'never' : `after ${openedAfterSeconds.toFixed(1)} s`,
    resolvedAfterSeconds === null ? 'never' : `${resolvedAfterSeconds.toFixed(1)} s after its end`,
    anomaly?.severity ?? '-',
    [...new Set(alsoFound.map(({ metric }) => metric?.name ?? '?'))].join(', ') || '-',
  ];
}

function evidenceText({ metric }: Anomaly): string {
  if (metric === null) return '';
  const { name, series, value, usual_lower, usual_upper } = metric;
  return `${series} = ${sayValue(name, value)}, usually ${sayValue(name, usual_lower)} to ${sayValue(name, usual_upper)}`;
}

function secondsSince(ms: number): number {
  return (Date.now() - ms) / 1_000;
}

function durationText(seconds: number): string {
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

function clockTime(ms: number): string {
  return new Date(ms).toTimeString().slice(0, 8);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { keep: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  const terminal = new Terminal();
  if (values.help) {
    terminal.say(USAGE);
    return 0;
  }
  const controller = abortOnSignals();
  try {
    return (await new Demo(terminal, controller).run(values.keep ?? false)) ? 0 : 1;
  } catch (thrown) {
    // Whatever was being waited for fails as well when the wait is called off; the reason is what matters.
    const error = controller.signal.aborted ? (controller.signal.reason as Error) : (thrown as Error);
    terminal.settle(
      terminal.style(
        'red',
        error instanceof Interrupted ? 'Interrupted.' : `The demo could not go on: ${error.message}`,
      ),
    );
    return error instanceof Interrupted ? INTERRUPTED_EXIT_CODE : 1;
  }
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`${error.message}\n${USAGE}\n`);
    process.exit(1);
  },
);
