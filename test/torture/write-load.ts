import { setTimeout as delay } from 'node:timers/promises';

import type { ProcessAnswer, ServerProcess } from '../support/server-process';

const SAMPLES = '/api/telemetry/samples';
export const METRIC = 'torture_writes';
export const BATCH = 3;
const RETRY_MS = 20;
/** Requests that were answered this late were lost in practice. */
const REQUEST_LIMIT_MS = 15_000;

/** A request with a key, as it is sent and sent again. */
interface KeyedRequest {
  readonly path: string;
  readonly body: object;
  readonly key: string;
}

/** What was promised: every entry stands for a 2xx that a caller has read. */
export interface Promises {
  /** Titles by id. */
  readonly anomalies: Map<number, string>;
  readonly acknowledgements: Set<number>;
  /** Values of each writer's series. */
  readonly samples: Map<number, number[]>;
  /** Of each writer the last answer under a key. */
  readonly answers: Map<number, { request: KeyedRequest; text: string }>;
}

/**
 * Writers that go on until told to stop, with everything there is to write: anomalies, batches and acknowledgements under keys, which
 * are sent again until they are answered; samples, which are sent once. Each remembers what it was promised.
 */
export class WriteLoad {
  readonly promises: Promises = {
    anomalies: new Map(),
    acknowledgements: new Set(),
    samples: new Map(),
    answers: new Map(),
  };
  /** Requests that were answered 2xx. */
  acknowledged = 0;
  /** Answers by status; 0 stands for a connection that broke. */
  readonly statuses = new Map<number, number>();
  /** Answers that no outage explains. */
  readonly surprises: string[] = [];
  slowestRefusalMs = 0;
  private isStopped = false;
  private readonly writers: Promise<void>[];

  constructor(
    private readonly server: () => ServerProcess,
    private readonly tag: string,
    writers = 4,
  ) {
    this.writers = Array.from({ length: writers }, (_, writer) => this.write(writer));
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await Promise.all(this.writers);
  }

  private async write(writer: number): Promise<void> {
    this.promises.samples.set(writer, []);
    let lastId: number | null = null;
    let lastMs = 0;
    for (let n = 0; !this.isStopped; n += 1) {
      const name = `${this.tag}-${writer}-${n}`;
      if (n % 4 === 0)
        lastId = await this.keyed(writer, { path: '/api/anomalies', body: anomaly(name), key: name });
      else if (n % 4 === 1) {
        lastMs = Math.max(lastMs + 1, Date.now());
        await this.sample(writer, n, lastMs);
      } else if (n % 4 === 2) {
        const anomalies = Array.from({ length: BATCH }, (_, part) => anomaly(`${name}/${part}`));
        await this.keyed(writer, { path: '/api/anomalies/batch', body: { anomalies }, key: name });
      } else if (lastId !== null)
        await this.keyed(writer, { path: `/api/anomalies/${lastId}/acknowledge`, body: {}, key: name });
    }
  }

  /** Sends until there is an answer that says what became of it; returns the anomaly's id, or null where it was given up. */
  private async keyed(writer: number, request: KeyedRequest): Promise<number | null> {
    while (!this.isStopped) {
      const answer = await this.send(request.path, request.body, request.key);
      if (answer === null || answer.status >= 300) {
        await delay(RETRY_MS);
        continue;
      }
      this.promises.answers.set(writer, { request, text: answer.text });
      const { anomaly, anomalies } = answer.body.data as {
        anomaly?: { id: number; title: string; status: string };
        anomalies?: { id: number; title: string }[];
      };
      for (const { id, title } of anomalies ?? (anomaly === undefined ? [] : [anomaly]))
        this.promises.anomalies.set(id, title);
      if (anomaly?.status === 'acknowledged') this.promises.acknowledgements.add(anomaly.id);
      return anomaly?.id ?? null;
    }
    return null;
  }

  private async sample(writer: number, value: number, timestamp: number): Promise<void> {
    const sample = { name: METRIC, labels: { writer: String(writer) }, value, timestamp };
    const answer = await this.send(SAMPLES, { samples: [sample] });
    if (answer?.status === 201) this.promises.samples.get(writer)?.push(value);
    else await delay(RETRY_MS);
  }

  /** The answer, or null where the connection broke and nothing was promised. */
  private async send(path: string, body: object, key?: string): Promise<ProcessAnswer | null> {
    const start = performance.now();
    let answer: ProcessAnswer | null = null;
    try {
      answer = await this.server().fetch(path, {
        method: 'POST',
        body,
        headers: key === undefined ? {} : { 'idempotency-key': key },
        timeoutMs: REQUEST_LIMIT_MS,
      });
    } catch (error) {
      if ((error as Error).name === 'TimeoutError')
        this.surprises.push(`POST ${path} was not answered within ${REQUEST_LIMIT_MS / 1_000} s`);
    }
    const status = answer?.status ?? 0;
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    if (answer === null) return null;
    if (status < 300) this.acknowledged += 1;
    else if (status === 503) {
      this.slowestRefusalMs = Math.max(this.slowestRefusalMs, performance.now() - start);
      const isWhole = answer.body?.status === 'error' && Number(answer.headers.get('retry-after')) > 0;
      if (!isWhole) this.surprises.push(`POST ${path} was refused without Retry-After: ${answer.text}`);
    } else if (!(status === 409 && answer.body?.code === 'idempotency/in-progress'))
      this.surprises.push(`POST ${path} answered ${status}: ${answer.text.slice(0, 300)}`);
    return answer;
  }
}

function anomaly(title: string): object {
  return {
    title,
    description: 'written while the server is killed',
    severity: 'low',
    anomaly_score: 0.1,
    confidence: 0.1,
    source: 'torture',
  };
}
