import { Readable } from 'node:stream';

import { BeforeApplicationShutdown, Injectable, OnApplicationShutdown } from '@nestjs/common';

import { DomainError } from '../common/errors/domain-error';
import { formatEvent, formatEventId, HEARTBEAT } from '../common/http/event-stream';
import { Log } from '../observability/log';
import { AnomalyRepository } from './anomaly.repository';
import { AnomalyHistoryResponse, AnomalyResponse } from './anomaly.response';
import { AnomalyHistoryRepository, CommittedEntry, HistoryPosition } from './anomaly-history.repository';

/** How often the history is read while somebody listens: what another process wrote shows up within this. */
const POLL_MS = 250;
const HEARTBEAT_MS = 15_000;
const PAGE = 500;
/** What may wait for one slow reader; past it the reader is cut off and resumes by its last event's id. */
const BUFFER_BYTES = 1024 * 1024;
const MAX_STREAMS = 500;

interface Reader {
  readonly stream: Readable;
  position: HistoryPosition;
}

/**
 * The live stream. The history table is the log: each reader has a place in its commit order, so that readers of every
 * process see every event once, and resume where they were. One poll serves all readers who are at the end.
 */
@Injectable()
export class AnomalyStreamService implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly readers = new Set<Reader>();
  private timer: NodeJS.Timeout | null = null;
  private heartbeat: NodeJS.Timeout | null = null;
  private polling: Promise<void> | null = null;

  constructor(
    private readonly history: AnomalyHistoryRepository,
    private readonly anomalies: AnomalyRepository,
    private readonly log: Log,
  ) {}

  /** A stream of events after a position, or from now on. Throws DomainError `too_many` past the limit of open streams. */
  async open(after: HistoryPosition | null): Promise<Readable> {
    if (this.readers.size >= MAX_STREAMS) {
      throw new DomainError(
        'too_many',
        'anomaly/too-many-streams',
        `At most ${MAX_STREAMS} streams are served at a time`,
        { retryAfterSeconds: 10 },
      );
    }
    const reader: Reader = {
      stream: new Readable({ read: () => undefined, highWaterMark: BUFFER_BYTES }),
      position: after ?? (await this.history.end()),
    };
    reader.stream.once('close', () => this.readers.delete(reader));
    reader.stream.push(': connected\n\n');
    this.readers.add(reader);
    this.timer ??= setInterval(() => void this.poll(), POLL_MS).unref();
    this.heartbeat ??= setInterval(() => this.beat(), HEARTBEAT_MS).unref();
    return reader.stream;
  }

  /** Streams never end by themselves, so a shutdown must end them before it waits for requests. */
  beforeApplicationShutdown(): void {
    for (const { stream } of this.readers) stream.push(null);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer ?? undefined);
    clearInterval(this.heartbeat ?? undefined);
    await this.polling;
  }

  private beat(): void {
    for (const reader of this.readers) this.push(reader, HEARTBEAT);
  }

  private async poll(): Promise<void> {
    if (this.polling !== null || this.readers.size === 0) return;
    this.polling = this.deliver()
      .catch((error: unknown) =>
        this.log.debug({ reason: (error as Error).message }, 'the anomaly stream waits for the database'),
      )
      .finally(() => {
        this.polling = null;
      });
    await this.polling;
  }

  /** Reads on once for each distinct position; nearly always there is one. */
  private async deliver(): Promise<void> {
    const byPosition = Map.groupBy(this.readers, ({ position }) => formatEventId(position));
    for (const readers of byPosition.values()) {
      const entries = await this.history.listAfter(readers[0].position, PAGE);
      if (entries.length === 0) continue;
      const text = await this.format(entries);
      const last = entries[entries.length - 1];
      for (const reader of readers) {
        reader.position = { xact: last.xact, id: last.id };
        this.push(reader, text);
      }
    }
  }

  private async format(entries: readonly CommittedEntry[]): Promise<string> {
    const ids = [...new Set(entries.map(({ anomalyId }) => anomalyId))];
    const anomalies = new Map(
      (await this.anomalies.findMany(ids)).map((anomaly) => [anomaly.id, AnomalyResponse.from(anomaly)]),
    );
    return entries
      .map((entry) =>
        formatEvent(entry, `anomaly.${entry.event}`, {
          anomaly_id: entry.anomalyId,
          change: AnomalyHistoryResponse.from(entry),
          anomaly: anomalies.get(entry.anomalyId) ?? null,
        }),
      )
      .join('');
  }

  private push({ stream }: Reader, text: string): void {
    if (stream.readableLength + text.length > BUFFER_BYTES) stream.destroy();
    else stream.push(text);
  }
}
