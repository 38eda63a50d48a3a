import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { AnomalyFeed } from './anomaly-feed';
import { clockTime, evidenceText, isOpening, usualText } from './anomaly-words';
import { AttemptReport } from './attempt';
import { Belongings } from './belongings';
import { FaultTrial, HeardEvent, judgeTrial, OPEN_WITHIN_SECONDS } from './fault-trial';
import { Operator } from './operator';
import { Pagination } from './product-answers';
import { ProductClient } from './product-client';
import { ProductProcess } from './product-process';
import { progressBar } from './progress-bar';
import { SampleProcess } from './sample-process';
import { Scenario, SCENARIOS } from './scenarios';
import { shortTitle } from './series-words';
import { ServiceWatch } from './service-watch';
import { runStory } from './story';
import { complaintsOf, summaryLines, Tried } from './summary';
import { Terminal } from './terminal';
import { Traffic } from './traffic';

/*
 * `npm run demo`: the main job on real input. The real server on temporary data watches a small real service under real traffic,
 * which is then really made to fail, twice. The product finds it, proposes what the operator's rules say, has it done once a person agrees,
 * and looks whether it has helped. Everything said about anomalies and remedies comes from the product's own API.
 */

const USAGE = `npm run demo             the whole story, in less than 10 minutes
npm run demo -- --keep   leaves the server running afterwards, until Ctrl-C`;

const JOB = 'orders';
const LOOK_MS = 1_000;
const SHOW_MS = 250;
/** Readiness asks for 120 values; the minute after it shows the detectors how far the series usually wander. */
const WARM_UP_SECONDS = 180;
const WARM_UP_LIMIT_SECONDS = 300;
/** The quantiles forget within 5 seconds, an episode ends after 60 normal ones; the rest is patience. */
const RESOLVE_LIMIT_SECONDS = 120;

/** For what else opened meanwhile, which is not waited for as long. */
const QUIET_LIMIT_SECONDS = 15;

class Demo {
  private readonly startedAtMs = Date.now();
  private service: SampleProcess;
  private client: ProductClient;
  private feed: AnomalyFeed;
  private watch: ServiceWatch;
  private operator: Operator;

  constructor(
    private readonly terminal: Terminal,
    private readonly controller: AbortController,
  ) {}

  /** True where both faults were found in time and ended by a remedy. Whatever happens, nothing of it is left behind. */
  async run(isKept: boolean): Promise<boolean> {
    const { terminal, signal } = this;
    const belongings = new Belongings();
    terminal.say(
      this.bold(
        'SmartCloudOps AI: real faults in a real service, found by its own usual band, remedied, and looked at again',
      ),
      '',
    );
    try {
      terminal.progress('  Starting the service, the server and its database …');
      this.service = belongings.own(await SampleProcess.start(this.fail));
      const traffic = belongings.own(Traffic.start(this.service.url));
      const settings = { COLLECTOR_INTERVAL_SECONDS: '1' };
      const product = belongings.own(await ProductProcess.start({ signal, settings, onDeath: this.fail }));
      belongings.later(() => terminal.progress('Stopping …'));
      await this.connect(product, traffic);
      await this.warmUp();
      const tried: Tried[] = [];
      for (const scenario of SCENARIOS) tried.push(await this.tryFault(scenario));
      const isGood = this.report(tried, traffic);
      if (isKept) await product.keepUntil(signal, terminal);
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

  /** What an operator would do: allow the call, add the target, open the stream. */
  private async connect(product: ProductProcess, traffic: Traffic): Promise<void> {
    const { terminal, service } = this;
    this.client = new ProductClient(product.url, product, this.signal);
    const { client } = this;
    await client.post('/api/admin/egress', {
      url: service.url,
      allow_private: true,
      note: 'the demo service',
    });
    await client.post('/api/telemetry/targets', { name: JOB, url: service.metricsUrl, interval_seconds: 1 });
    this.feed = await AnomalyFeed.start(client, (event) => this.tell(event), this.fail);
    terminal.settle(
      `  Server    ${terminal.style('cyan', product.docsUrl)}   user ${product.username}, password ${product.password}`,
      `  Host      measured every second by the server's own collector`,
      `  Service   ${service.metricsUrl}, scraped every second`,
      `  Traffic   ${traffic.requestsPerSecond} requests a second, steadily`,
    );
    this.operator = new Operator(client, terminal, this.signal);
    const { remediationUrl: url, signingSecret } = service;
    await this.operator.addTarget({ job: JOB, url, signingSecret });
    terminal.say('');
    this.watch = await ServiceWatch.begin(client, JOB, this.signal);
  }

  private async warmUp(): Promise<void> {
    const { terminal, watch } = this;
    const startedAtMs = Date.now();
    let readyAfter: number | null = null;
    terminal.say(`${this.bold('Warm-up')}: every series learns its own usual band; nobody sets a threshold`);
    for (;;) {
      const seconds = secondsSince(startedAtMs);
      const { isReady, have, need, reasons } = await watch.readiness();
      if (isReady) readyAfter ??= seconds;
      if (readyAfter !== null && seconds >= WARM_UP_SECONDS) break;
      if (seconds > WARM_UP_LIMIT_SECONDS) {
        throw new Error(
          `The detectors were not ready after ${WARM_UP_LIMIT_SECONDS} s: ${reasons.join('; ')}`,
        );
      }
      terminal.progress(
        readyAfter === null
          ? `  ${progressBar(have, need)}  ${have} of ${need} values`
          : `  ${progressBar(seconds, WARM_UP_SECONDS)}  ready after ${readyAfter.toFixed(0)} s; the bands settle until ${WARM_UP_SECONDS} s`,
      );
      await delay(LOOK_MS, undefined, { signal: this.signal });
    }
    const { pagination } = await this.client.get<{ pagination: Pagination }>('/api/ml/detectors?per_page=1');
    terminal.settle(
      `  ${this.tick} the service's ${watch.seriesCount} series were ready after ${readyAfter.toFixed(0)} s; with the host's, ${pagination.total} are watched`,
      '',
    );
  }

  /** Injects a fault, has it remedied once it was found, and waits until it is resolved. */
  private async tryFault(scenario: Scenario): Promise<Tried> {
    const { terminal, service, feed, operator } = this;
    const { name, metric, fault, story } = scenario;
    const usual = (await this.watch.look(metric)).map(
      ({ series, detector: { band } }) =>
        `  ${shortTitle(series)}: ${usualText(metric, band?.usual_lower ?? null, band?.usual_upper ?? null)}`,
    );
    terminal.say(
      `${this.bold(`Fault ${SCENARIOS.indexOf(scenario) + 1} of ${SCENARIOS.length}, ${name}`)}: ${story}`,
      ...usual,
    );
    await operator.addRules(scenario);
    await service.inject(fault);
    let trial: FaultTrial = { job: JOB, metric, injectedAtMs: Date.now(), endedAtMs: null };
    const isFound = (): boolean => judgeTrial(trial, feed.events).anomaly !== null;
    const isOver = (): boolean => judgeTrial(trial, feed.events).isOver;
    const isQuiet = (): boolean => judgeTrial(trial, feed.events).isQuiet;
    await this.wait(isFound, OPEN_WITHIN_SECONDS, metric, 'fault on for');

    const attempts = await this.remedied(scenario, trial);
    const cure = attempts.find(({ action }) => action?.outcome === 'verified');
    if (cure === undefined) await service.inject({});
    trial = { ...trial, endedAtMs: cure?.doneAtMs ?? Date.now() };
    terminal.settle(
      cure === undefined
        ? '  nothing has helped: the demo ends the fault itself'
        : `  ${this.tick} ${cure.remedy.action_type} has ended the fault, and the product has seen that by itself`,
    );
    await this.wait(isOver, RESOLVE_LIMIT_SECONDS, metric, 'fault over for');
    await this.wait(isQuiet, QUIET_LIMIT_SECONDS, metric, 'resolved for');
    terminal.settle('');
    return { scenario, trial, attempts };
  }

  /** What came of the remedies of the anomaly that was found; none where none was found. */
  private async remedied(scenario: Scenario, trial: FaultTrial): Promise<AttemptReport[]> {
    const { anomaly, openedAfterSeconds } = judgeTrial(trial, this.feed.events);
    if (anomaly === null || openedAfterSeconds === null) return [];
    return this.operator.meet(scenario, trial.injectedAtMs + openedAfterSeconds * 1_000);
  }

  /** Waits until something is so, or the time is up, and shows how the metric is meanwhile. */
  private async wait(isSo: () => boolean, limitSeconds: number, metric: string, what: string): Promise<void> {
    const startedAtMs = Date.now();
    let lookAtMs = 0;
    let now = '';
    while (!isSo() && secondsSince(startedAtMs) < limitSeconds) {
      if (Date.now() >= lookAtMs) {
        lookAtMs = Date.now() + LOOK_MS;
        now = await this.watch.sayNow(metric);
      }
      this.terminal.progress(`  ${what} ${secondsSince(startedAtMs).toFixed(0)} s; ${metric} now ${now}`);
      await delay(SHOW_MS, undefined, { signal: this.signal });
    }
  }

  /** One event of the product's stream, as it comes. */
  private tell(heard: HeardEvent): void {
    const { terminal } = this;
    const { atMs, event, anomaly } = heard;
    const color = isOpening(heard) ? 'red' : event === 'resolved' ? 'green' : 'yellow';
    const head = terminal.style(color, `${event.padEnd(8)} ${anomaly.severity.padEnd(8)}`);
    terminal.say(`  ${clockTime(atMs)}  ${head} #${anomaly.id} ${anomaly.title}`);
    if (!isOpening(heard)) return;
    terminal.say(
      `            ${evidenceText(anomaly)}`,
      terminal.style(
        'dim',
        `            ${this.client.url}/api/anomalies/${anomaly.id}   ${this.client.url}/api/docs#/Anomalies/Anomaly_get`,
      ),
    );
  }

  /** The summary; true where nothing is to be complained about. */
  private report(tried: readonly Tried[], traffic: Traffic): boolean {
    const { terminal, feed } = this;
    const complaints = complaintsOf(tried, feed.events);
    terminal.say(
      this.bold('Summary'),
      ...summaryLines(tried, feed.events, {
        served: traffic.served,
        failed: traffic.failed,
        tookSeconds: secondsSince(this.startedAtMs),
      }),
      ...complaints.map((complaint) => terminal.style('red', `  ✘ ${complaint}`)),
      ...(complaints.length === 0
        ? [
            `  ${this.tick} both faults were found within ${OPEN_WITHIN_SECONDS} s and ended by what the product proposed and a person approved; what did not help was seen and taken back`,
          ]
        : []),
      '',
    );
    return complaints.length === 0;
  }

  private bold(text: string): string {
    return this.terminal.style('bold', text);
  }

  private get tick(): string {
    return this.terminal.style('green', '✔');
  }
}

function secondsSince(ms: number): number {
  return (Date.now() - ms) / 1_000;
}

runStory(USAGE, (terminal, controller) => {
  const { values } = parseArgs({ options: { keep: { type: 'boolean', default: false } } });
  return new Demo(terminal, controller).run(values.keep);
});
