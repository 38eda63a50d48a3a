import type { Sharer } from '../../database/leadership';
import type { Log } from '../../observability/log';
import type { SampleConsumer } from '../sample-consumer.port';
import type { BatchPosition, StoredBatch } from '../telemetry.types';
import { earliest, isAfter } from './batch-position';
import type { CompactionService } from './compaction.service';
import type { SampleRepository } from './sample.repository';
import type { SampleCursorRepository } from './sample-cursor.repository';

const POLL_MS = 500;
const BATCHES_A_READ = 20;
/** How long states are saved for when groups are left, and how many of these at once. */
const SAVE_MS = 5_000;
const GROUPS_A_SAVE = 2;
const RETRY_MS = 1_000;

/** A group that this process holds, and how far it was read. */
interface ReadGroup {
  readonly group: number;
  readonly term: number;
  place: BatchPosition;
}

/** What a reader works with. */
export interface ReaderTools {
  readonly samples: SampleRepository;
  readonly cursors: SampleCursorRepository;
  readonly compaction: CompactionService;
  readonly log: Log;
  /** How this process calls itself. */
  readonly holder: string;
}

/**
 * Reads the stored batches for the groups of series that this process holds, each batch once for all of them: from the group that is furthest
 * behind on, so that one which was taken over catches up while the others wait.
 */
export class SampleReader implements Sharer {
  private readonly held = new Map<number, ReadGroup>();
  /** What reads, takes and leaves, one after the other. */
  private turn: Promise<unknown> = Promise.resolve();
  private waitingForTurn = 0;
  private reading: Promise<void> | null = null;
  private isIntact = true;
  private wakeUp: (() => void) | null = null;
  private woken = false;

  constructor(
    private readonly consumer: SampleConsumer,
    private readonly tools: ReaderTools,
  ) {}

  get name(): string {
    return this.consumer.reader;
  }

  async take(groups: readonly number[]): Promise<void> {
    await this.inTurn(() => this.open(groups));
    this.reading ??= this.readOn();
  }

  async leave(groups: readonly number[]): Promise<void> {
    await this.inTurn(() => this.close(groups));
    if (this.held.size > 0) return;
    this.wake();
    await this.reading;
  }

  wake(): void {
    this.woken = true;
    this.wakeUp?.();
  }

  private async open(groups: readonly number[]): Promise<void> {
    const opened = await this.tools.cursors.open(this.name, groups, this.tools.holder);
    await this.consumer.open(opened);
    for (const { group, term, saved } of opened) this.held.set(group, { group, term, place: saved });
  }

  private async close(groups: readonly number[]): Promise<void> {
    const closed = groups.map((group) => this.held.get(group)).filter((one) => one !== undefined);
    try {
      if (this.isIntact) await this.save(closed.map(({ group }) => group));
      await this.tools.cursors.close(this.name, closed);
    } catch (error) {
      this.tools.log.warn(
        { reason: (error as Error).message, groups },
        'groups of series could not be saved before they were left; what is missing is read again',
      );
    } finally {
      this.consumer.forget(groups);
      for (const group of groups) this.held.delete(group);
    }
  }

  /** A few at a time, and for a bounded time, so that a shutdown is not held up: what is not saved by then is read again. */
  private async save(groups: readonly number[]): Promise<void> {
    const until = performance.now() + SAVE_MS;
    for (let from = 0; from < groups.length && performance.now() < until; from += GROUPS_A_SAVE)
      await this.consumer.save(groups.slice(from, from + GROUPS_A_SAVE));
  }

  private async readOn(): Promise<void> {
    while (this.held.size > 0) {
      try {
        const hasMore = await this.inTurn(() => this.read());
        if (!hasMore) await this.wait(POLL_MS);
      } catch (error) {
        // Nothing is lost: each group is opened where it was saved, and the batches are still there.
        this.tools.log.error(error, 'reading stored samples failed; trying again');
        await this.wait(RETRY_MS);
      }
    }
    this.reading = null;
  }

  /** Reads some batches; returns whether there may be more. */
  private async read(): Promise<boolean> {
    if (!this.isIntact) await this.open([...this.held.keys()]);
    this.isIntact = true;
    this.woken = false;
    const from = earliest([...this.held.values()].map(({ place }) => place));
    if (from === null) return false;
    const batches = await this.tools.samples.readAfter(from, BATCHES_A_READ);
    // What failed halfway has learnt what nobody was told of.
    this.isIntact = false;
    const hasMore = await this.handOver(batches);
    this.isIntact = true;
    return hasMore;
  }

  private async handOver(batches: readonly StoredBatch[]): Promise<boolean> {
    for (const batch of batches) {
      const { position } = batch;
      const groups = [...this.held.values()].filter(({ place }) => isAfter(position, place));
      // Before, since it may be what the consumer saves.
      this.tools.compaction.noteRead(batch.values.length);
      await this.consumer.consume(batch, new Set(groups.map(({ group }) => group)));
      for (const group of groups) group.place = position;
      // Whoever takes or leaves groups need not wait for all of them.
      if (this.waitingForTurn > 0) return true;
    }
    await this.consumer.idle();
    return batches.length > 0;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.waitingForTurn += 1;
    const turn = this.turn.then(() => {
      this.waitingForTurn -= 1;
      return work();
    });
    this.turn = turn.catch(() => undefined);
    return turn;
  }

  private async wait(ms: number): Promise<void> {
    if (this.woken && ms === POLL_MS) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wakeUp = null;
  }
}
