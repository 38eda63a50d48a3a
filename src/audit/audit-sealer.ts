import { Injectable, OnApplicationBootstrap } from '@nestjs/common';

import { Clock } from '../common/time/clock';
import { ServerConfig } from '../config/sections';
import { Candidate, Leadership } from '../database/leadership';
import { Log } from '../observability/log';
import { Metrics } from '../observability/metrics';
import { AuditRow, ChainHead, GENESIS, nextSeal, Seal } from './audit-chain';
import { AuditChainRepository, LogPosition } from './audit-chain.repository';
import { BEFORE_ALL_TRANSACTIONS, isAfter, PAST_ALL_TRANSACTIONS, snapshotAt } from './transaction-order';

/** The office of the one process that seals. */
export const SEALING = 'audit-sealer';

const POLL_MS = 200;
const BATCH = 1_000;
const RETRY_MS = 1_000;

/** How far the sealer has come. */
interface Progress {
  head: ChainHead;
  /** What was visible in this snapshot is sealed. */
  sealed: string;
  /** What came before this transaction is sealed. */
  horizon: string;
}

/**
 * Gives every committed row its place in the chain, in one process at a time and after the fact, so that no writer waits for
 * another. A pass takes what no earlier pass could see: a row that commits late is only sealed late, and a transaction that
 * stays open holds up nobody else's rows. Where two processes believe to hold the office, the seals' key lets one win.
 */
@Injectable()
export class AuditSealer implements Candidate, OnApplicationBootstrap {
  private readonly sealedRows = this.metrics.counter('audit_rows_sealed_total', 'Audit rows sealed');
  private active = false;
  private running: Promise<void> | null = null;
  private stopWaiting: (() => void) | null = null;

  constructor(
    private readonly chain: AuditChainRepository,
    private readonly leadership: Leadership,
    private readonly server: ServerConfig,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    if (this.server.role !== 'api') this.leadership.campaign(SEALING, this);
  }

  async elected(): Promise<void> {
    this.active = true;
    this.running = this.loop();
  }

  async deposed(): Promise<void> {
    this.active = false;
    this.stopWaiting?.();
    await this.running;
  }

  private async loop(): Promise<void> {
    while (this.active) {
      try {
        await this.work(await this.open());
      } catch (error) {
        // Nothing is lost: the next attempt goes on behind the last seal that was stored.
        if (this.active) this.log.error(error, 'sealing audit rows failed; going on behind the last seal');
        await this.wait(RETRY_MS);
      }
    }
  }

  private async open(): Promise<Progress> {
    const last = await this.chain.findLast();
    const { xmax } = await this.chain.snapshot();
    // A horizon that this server has not reached comes from another one, where this database lived before.
    const horizon = last === null || isAfter(last.horizon, xmax) ? BEFORE_ALL_TRANSACTIONS : last.horizon;
    return { head: last ?? GENESIS, sealed: snapshotAt(horizon), horizon };
  }

  private async work(progress: Progress): Promise<void> {
    // Rows of another server's transactions may lie past all of ours: the first pass looks there as well.
    let upTo: string | null = PAST_ALL_TRANSACTIONS;
    while (this.active) {
      const now = await this.chain.snapshot();
      const isComplete = await this.pass(progress, upTo ?? now.xmax);
      if (!isComplete) return;
      progress.sealed = now.text;
      progress.horizon = now.xmin;
      upTo = null;
      await this.wait(POLL_MS);
    }
  }

  /** Seals what the last pass could not see; false where it had to stop on the way. */
  private async pass(progress: Progress, upTo: string): Promise<boolean> {
    let position: LogPosition = { xact: progress.horizon, id: '0' };
    while (this.active) {
      const rows = await this.chain.listSince(position, progress.sealed, upTo, BATCH);
      await this.seal(
        progress,
        rows.filter(({ seq }) => seq === null),
      );
      if (rows.length < BATCH) return true;
      position = rows[rows.length - 1];
    }
    return false;
  }

  private async seal(progress: Progress, rows: readonly AuditRow[]): Promise<void> {
    if (rows.length === 0) return;
    const sealedAt = (this.clock.now().getTime() / 1_000).toFixed(6);
    const seals: Seal[] = [];
    let { head } = progress;
    for (const row of rows) {
      const seal = nextSeal(head, row, { sealedAt, horizon: progress.horizon });
      seals.push(seal);
      head = seal;
    }
    await this.chain.append(seals);
    progress.head = { seq: head.seq, hash: head.hash };
    this.sealedRows.inc(seals.length);
  }

  private async wait(ms: number): Promise<void> {
    if (!this.active) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.stopWaiting = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.stopWaiting = null;
  }
}
