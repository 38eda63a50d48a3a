import { setTimeout as delay } from 'node:timers/promises';

import { Injectable, OnModuleInit } from '@nestjs/common';

import { Clock } from '../common/time/clock';
import { RETENTION } from '../config/retention-limits';
import { RetentionConfig } from '../config/sections';
import { Database } from '../database/database';
import { Leadership } from '../database/leadership';
import { FROM_THE_FRONT, PurgedBatch, RetentionClasses } from '../database/retention-classes';
import { AuditService } from './audit.service';
import { ChainHead, GENESIS, Link, verifyChain } from './audit-chain';
import { AuditChainRepository } from './audit-chain.repository';
import { AuditCheckpoints } from './audit-checkpoints';
import { announceCut, CUT_ACTION, findCutFault } from './audit-cut';
import { AuditCutRepository } from './audit-cut.repository';
import { SEALING } from './audit-sealer';
import { CheckpointFile } from './checkpoint-file';

const DAY_MS = 86_400_000;
/** Rows that one cut takes at most; they are verified before. */
const CUT_ROWS = 10_000;
const SEALED_WITHIN_MS = 10_000;
const LOOK_MS = 100;

/** Refused because the log is not as it was written: what is wrong must stay where it can be looked at. */
class AuditCutRefused extends Error {
  constructor(reason: string) {
    super(`The audit log is not cut: ${reason}; run audit:verify`);
    this.name = 'AuditCutRefused';
  }
}

/** The end of what a cut takes, with the hash before it. */
interface CutEnd extends ChainHead {
  readonly previousHash: string;
}

/**
 * Removes what is old from the front of the audit log, so that the rest still proves itself: verify what goes, announce it in the chain,
 * wait until that is sealed and signed, cut, and only then remove. By the process that seals, which has the checkpoint and its key.
 */
@Injectable()
export class AuditRetention implements OnModuleInit {
  constructor(
    private readonly classes: RetentionClasses,
    private readonly config: RetentionConfig,
    private readonly chain: AuditChainRepository,
    private readonly cuts: AuditCutRepository,
    private readonly checkpoints: AuditCheckpoints,
    private readonly file: CheckpointFile,
    private readonly audit: AuditService,
    private readonly database: Database,
    private readonly leadership: Leadership,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.classes.register({
      name: 'audit',
      holds:
        'Who did what, with the seals over it; the oldest go, from the front only and as announced in the log; what is left still verifies',
      tables: ['audit_log', 'audit_seals', 'audit_cuts'],
      keep: { ...RETENTION.audit, days: this.config.auditDays },
      oldest: () => this.cuts.oldest(),
      purge: (limit) => this.purge(limit),
    });
  }

  /** Removes what was cut off, or makes the next cut. Throws  AuditCutRefused. */
  private async purge(limit: number): Promise<PurgedBatch> {
    if (!this.leadership.holds(SEALING)) return { deleted: 0, next: null };
    const deleted = await this.cuts.remove(limit);
    if (deleted > 0) return { deleted, next: FROM_THE_FRONT };
    return { deleted, next: (await this.cut()) ? FROM_THE_FRONT : null };
  }

  /** Whether there was something to cut. */
  private async cut(): Promise<boolean> {
    const start = await this.start();
    const sealedBefore = this.dueBefore();
    const end = await this.findEnd(start, sealedBefore);
    if (end === null) return false;
    await this.assertSigned(end.seq);
    const notice = announceCut(end, { rows: end.seq - start.seq, sealedBefore }, this.file.key());
    await this.database.run(() =>
      this.audit.record({ action: CUT_ACTION, subjectType: 'audit', subjectId: end.seq, after: notice }),
    );
    const { auditId, seq } = await this.sealed(end.seq);
    await this.assertSigned(seq);
    await this.cuts.insert(end.seq, end.previousHash, auditId);
    return true;
  }

  private async start(): Promise<ChainHead> {
    const last = await this.cuts.findLast();
    if (last === null) return GENESIS;
    const fault = findCutFault(last, this.file.key());
    if (fault !== null) throw new AuditCutRefused(fault);
    return last.seal;
  }

  /** Whole days (UTC), so that a day makes one cut and not one a run. */
  private dueBefore(): Date {
    const today = Math.floor(this.clock.now().getTime() / DAY_MS) * DAY_MS;
    return new Date(today - this.config.auditDays * DAY_MS);
  }

  /** The last row from the front on that is due; null where none is. */
  private async findEnd(start: ChainHead, sealedBefore: Date): Promise<CutEnd | null> {
    let previousHash = start.hash;
    let last = start.hash;
    const due = async function* (links: AsyncIterable<Link>): AsyncGenerator<Link> {
      for await (const link of links) {
        if (Number(link.seal.sealedAt) * 1_000 >= sealedBefore.getTime()) return;
        previousHash = last;
        last = link.seal.hash;
        yield link;
      }
    };
    const { head, fault } = await verifyChain(due(this.chain.links(start.seq, start.seq + CUT_ROWS)), start);
    if (fault !== null) throw new AuditCutRefused(fault.detail);
    return head.seq === start.seq ? null : { ...head, previousHash };
  }

  /** Throws  AuditCutRefused where this machine has not signed the chain up to there. */
  private async assertSigned(seq: number): Promise<void> {
    await this.checkpoints.advance();
    const checkpoint = this.file.read();
    if (typeof checkpoint === 'string' || checkpoint.seq < seq || !this.checkpoints.isIntact)
      throw new AuditCutRefused(`the checkpoint of this machine does not reach ${seq}`);
  }

  private async sealed(upToSeq: number): Promise<{ auditId: string; seq: number }> {
    for (let waitedMs = 0; waitedMs < SEALED_WITHIN_MS; waitedMs += LOOK_MS) {
      const notice = await this.cuts.findNotice(CUT_ACTION, upToSeq);
      if (notice !== null) return notice;
      await delay(LOOK_MS);
    }
    throw new AuditCutRefused('its announcement was not sealed');
  }
}
