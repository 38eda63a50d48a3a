import { BeforeApplicationShutdown, Injectable, OnApplicationBootstrap } from '@nestjs/common';

import { Clock } from '../common/time/clock';
import { Leadership } from '../database/leadership';
import { Log } from '../observability/log';
import { ChainHead, verifyChain } from './audit-chain';
import { AuditChainRepository } from './audit-chain.repository';
import { Checkpoint } from './audit-checkpoint';
import { SEALING } from './audit-sealer';
import { CheckpointFile } from './checkpoint-file';

/** What was sealed since the last checkpoint can be cut off without a trace: hence not once an hour. */
const INTERVAL_MS = 5_000;
/** A checkpoint that lags far behind (this process did not seal for long) catches up by so many rows at a time. */
const STRETCH = 50_000;
/** How often the log tells the checkpoint: whoever keeps the log elsewhere has it out of everybody's reach. */
const TELL_MS = 3_600_000;

/**
 * Signs where the chain ends, in the process that seals. Only what follows from the checkpoint before is signed; one that the
 * chain contradicts stays, as the evidence.
 */
@Injectable()
export class AuditCheckpoints implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;
  private toldAt = 0;
  private trouble: string | null = null;

  constructor(
    private readonly chain: AuditChainRepository,
    private readonly file: CheckpointFile,
    private readonly leadership: Leadership,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Whether the chain followed from the last checkpoint when this process looked; true where another one does. */
  get isIntact(): boolean {
    return this.trouble === null;
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      if (this.leadership.holds(SEALING)) void this.advance();
    }, INTERVAL_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** Signs the chain's end where it follows from the last checkpoint; says in the log where it does not. */
  async advance(): Promise<void> {
    this.running ??= this.check()
      .then((trouble) => this.report(trouble))
      .catch((error: unknown) =>
        this.log.warn({ reason: (error as Error).message }, 'the audit checkpoint could not be renewed'),
      )
      .finally(() => {
        this.running = null;
      });
    await this.running;
  }

  private async check(): Promise<string | null> {
    const previous = this.file.read();
    if (previous === 'forged') return 'the checkpoint was not signed with its key';
    const last = await this.chain.findLast();
    if (previous === 'none') return last === null ? null : this.sign(last);
    if (last === null || last.seq < previous.seq)
      return `the chain ends at ${last?.seq ?? 0}, before the checkpoint at ${previous.seq}`;
    if (last.seq === previous.seq)
      return last.hash === previous.hash ? null : `seal ${last.seq} is not the one that was signed`;
    return this.follow(previous, Math.min(last.seq, previous.seq + STRETCH));
  }

  private async follow(previous: Checkpoint, upTo: number): Promise<string | null> {
    const { head, fault } = await verifyChain(this.chain.links(previous.seq, upTo), previous);
    return fault === null ? this.sign(head) : fault.detail;
  }

  private async sign({ seq, hash }: ChainHead): Promise<null> {
    const now = this.clock.now();
    const text = await this.file.write({ seq, hash, at: now.toISOString() });
    if (now.getTime() - this.toldAt >= TELL_MS) {
      this.toldAt = now.getTime();
      this.log.info({ checkpoint: JSON.parse(text) as object }, 'audit checkpoint');
    }
    return null;
  }

  private report(trouble: string | null): void {
    if (trouble !== null && trouble !== this.trouble)
      this.log.error(
        new Error(trouble),
        'the audit chain does not follow from its checkpoint; run audit:verify',
      );
    this.trouble = trouble;
  }
}
