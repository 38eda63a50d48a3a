import { setTimeout as delay } from 'node:timers/promises';

import { Detector, Series } from './product-answers';
import { ProductClient } from './product-client';
import { sayValue } from './units';

const FIRST_SCRAPE_LIMIT_MS = 20_000;
const LOOK_MS = 500;

/** A series of the service, with what its detector says of it. */
interface WatchedSeries {
  readonly series: Series;
  readonly detector: Detector;
}

/** How far the detectors of a service have come. */
interface WatchReadiness {
  readonly isReady: boolean;
  /** Values that the slowest of them has seen, and how many are needed. */
  readonly have: number;
  readonly need: number;
  /** Why not, where it is not ready. */
  readonly reasons: readonly string[];
}

/** The product's view of one scraped service. */
export class ServiceWatch {
  private constructor(
    private readonly client: ProductClient,
    private readonly series: readonly Series[],
  ) {}

  /** Waits until the service's page was read. Throws  Error with the product's reason where it is not. */
  static async begin(client: ProductClient, job: string, signal: AbortSignal): Promise<ServiceWatch> {
    const deadline = Date.now() + FIRST_SCRAPE_LIMIT_MS;
    for (;;) {
      const path = `/api/telemetry/series?labels=job:${job}&per_page=100`;
      const { series } = await client.get<{ series: Series[] }>(path);
      const inOrder = series.toSorted((a, b) => a.series.localeCompare(b.series));
      if (series.length > 0) return new ServiceWatch(client, inOrder);
      if (Date.now() > deadline)
        throw new Error(`The service's page was not scraped: ${await lastError(client)}`);
      await delay(LOOK_MS, undefined, { signal });
    }
  }

  get seriesCount(): number {
    return this.series.length;
  }

  async readiness(): Promise<WatchReadiness> {
    const watched = await this.look();
    const waiting = watched.filter(({ detector }) => detector.readiness?.ready !== true);
    return {
      isReady: watched.length > 0 && waiting.length === 0,
      have: Math.min(...watched.map(({ detector }) => detector.readiness?.have ?? 0)),
      need: Math.max(...watched.map(({ detector }) => detector.readiness?.need ?? 0)),
      reasons: waiting.map(
        ({ series, detector }) => `${series.series}: ${detector.readiness?.reason ?? 'not watched'}`,
      ),
    };
  }

  /** The series' detectors, or those of one metric. */
  async look(metric?: string): Promise<WatchedSeries[]> {
    // Newest series first, so the service's are among these.
    const { detectors } = await this.client.get<{ detectors: Detector[] }>('/api/ml/detectors?per_page=100');
    const byId = new Map(detectors.map((detector) => [detector.series_id, detector]));
    return this.series
      .filter(({ name }) => metric === undefined || name === metric)
      .flatMap((series) => {
        const detector = byId.get(series.id);
        return detector === undefined || detector.tier === null ? [] : [{ series, detector }];
      });
  }

  /** The present values of a metric, in words: `p50 5.2 ms, p95 7 ms`. */
  async sayNow(metric: string): Promise<string> {
    const values = (await this.look(metric)).map(({ series: { labels }, detector }) => {
      const value = sayValue(metric, detector.last_score?.value ?? null);
      return labels.quantile === undefined ? value : `p${100 * Number(labels.quantile)} ${value}`;
    });
    return values.join(', ');
  }
}

async function lastError(client: ProductClient): Promise<string> {
  const { targets } = await client.get<{ targets: { last_error: string | null }[] }>(
    '/api/telemetry/targets',
  );
  return targets[0]?.last_error ?? 'no scrape was tried';
}
