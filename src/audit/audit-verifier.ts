import { Injectable } from '@nestjs/common';

import { ChainFault, ChainHead, GENESIS, Link, verifyChain } from './audit-chain';
import { AuditChainRepository, LastSeal, Snapshot, UnsealedTail } from './audit-chain.repository';
import { Checkpoint } from './audit-checkpoint';
import { Cut, CutSigner, findCutFault, signerOf } from './audit-cut';
import { AuditCutRepository } from './audit-cut.repository';
import { CheckpointFile } from './checkpoint-file';
import { isAfter, PAST_ALL_TRANSACTIONS } from './transaction-order';

/** What is wrong with the trail; `seq` or `auditId` is null where there is none to name. */
export interface AuditFault {
  readonly kind: ChainFault['kind'] | 'not_chained' | 'cut' | 'rewritten' | 'forged';
  readonly seq: number | null;
  readonly auditId: string | null;
  readonly detail: string;
}

export interface CheckpointVerdict {
  readonly state: 'agrees' | 'disagrees' | 'none';
  readonly seq: number | null;
  /** ISO 8601. */
  readonly at: string | null;
}

/** What retention removed: the rows up to a seq. */
export interface RemovedRows {
  readonly toSeq: number;
  /** ISO 8601. */
  readonly at: string;
  readonly signedBy: CutSigner;
}

export interface AuditVerification {
  /** The range of seals that was looked at; both 0 where there are none. */
  readonly fromSeq: number;
  readonly toSeq: number;
  /** Rows that hold, from the first on. */
  readonly verified: number;
  /** The first that does not; null where all do. */
  readonly firstBad: AuditFault | null;
  readonly unsealed: UnsealedTail;
  /** Null where nothing was removed. */
  readonly removed: RemovedRows | null;
  readonly checkpoint: CheckpointVerdict;
}

/** Seals by their number, both ends included; or the last so many. */
export type SealRange = { readonly from: number; readonly to: number } | { readonly last: number };

export const WHOLE_CHAIN: SealRange = { from: 1, to: Number.MAX_SAFE_INTEGER };

/** Holds the audit log against its chain, and the chain against the checkpoint. */
@Injectable()
export class AuditVerifier {
  constructor(
    private readonly chain: AuditChainRepository,
    private readonly cuts: AuditCutRepository,
    private readonly checkpoints: CheckpointFile,
  ) {}

  /** Looks at a range of seals; what of the log was never sealed, and the checkpoint, are looked at in any case. */
  async verify(range: SealRange = WHOLE_CHAIN): Promise<AuditVerification> {
    // Before the chain, which only grows: an honest checkpoint never lies past the end that is read after it.
    const checkpoint = this.checkpoints.read();
    const last = await this.chain.findLast();
    // After it: whose horizon this server has not reached then was sealed on another one.
    const snapshot = await this.chain.snapshot();
    // After the end: a cut that is made meanwhile takes nothing that lies behind it.
    const cut = await this.cuts.findLast();
    const start: ChainHead = cut?.seal ?? GENESIS;
    const end = last?.seq ?? 0;
    const first = start.seq + 1;
    const from = Math.max(first, 'last' in range ? end - range.last + 1 : range.from);
    const to = 'last' in range ? end : Math.min(range.to, end);
    const { verified, fault, unchained } = await this.verifyRange(from, to, start, last, snapshot);
    const signed = await this.compare(checkpoint, start, end);
    return {
      fromSeq: to < from ? 0 : from,
      toSeq: to < from ? 0 : to,
      verified,
      firstBad: this.judge(cut) ?? fault ?? unchained ?? signed,
      unsealed: await this.unsealed(last, snapshot),
      removed:
        cut === null
          ? null
          : { toSeq: cut.seal.seq, at: cut.at, signedBy: signerOf(cut, this.checkpoints.key()) },
      checkpoint: {
        state: checkpoint === 'none' ? 'none' : signed === null ? 'agrees' : 'disagrees',
        seq: typeof checkpoint === 'string' ? null : checkpoint.seq,
        at: typeof checkpoint === 'string' ? null : checkpoint.at,
      },
    };
  }

  /** Committed rows that wait for their seal. */
  async unsealedTail(): Promise<UnsealedTail> {
    const last = await this.chain.findLast();
    return this.unsealed(last, await this.chain.snapshot());
  }

  private async verifyRange(
    from: number,
    to: number,
    begin: ChainHead,
    last: LastSeal | null,
    snapshot: Snapshot,
  ): Promise<{ verified: number; fault: AuditFault | null; unchained: AuditFault | null }> {
    const isFromFirst = from === begin.seq + 1;
    if (!isFromFirst && to < from) return { verified: 0, fault: null, unchained: null };
    const start = isFromFirst ? begin : await this.chain.find(from - 1);
    if (start === null) {
      const detail = `seal ${from - 1}, which the range follows, is missing`;
      return {
        verified: 0,
        fault: { kind: 'missing', seq: from - 1, auditId: null, detail },
        unchained: null,
      };
    }
    const ids = new IdSpan();
    const { verified, fault } = await verifyChain(ids.watch(this.chain.links(from - 1, to)), start);
    if (fault !== null || last === null || isAfter(last.horizon, snapshot.xmax))
      return { verified, fault, unchained: null };
    // Of the log, the part that belongs to the range; all of it where the range is all of the chain.
    const lowest = isFromFirst ? 0 : ids.lowest - 1;
    const highest = to === last.seq ? Number.MAX_SAFE_INTEGER : ids.highest;
    const id = await this.chain.findUnchained(lowest, highest, last.horizon);
    const detail = `audit row ${id} has no seal although rows that were written later have one: slipped in`;
    return {
      verified,
      fault,
      unchained: id === null ? null : { kind: 'not_chained', seq: null, auditId: id, detail },
    };
  }

  private judge(cut: Cut | null): AuditFault | null {
    const detail = cut === null ? null : findCutFault(cut, this.checkpoints.key());
    return cut === null || detail === null
      ? null
      : { kind: 'forged', seq: cut.seal.seq, auditId: cut.announcement?.seal.auditId ?? null, detail };
  }

  private async compare(
    checkpoint: Checkpoint | 'none' | 'forged',
    start: ChainHead,
    end: number,
  ): Promise<AuditFault | null> {
    if (checkpoint === 'none') return null;
    if (checkpoint === 'forged') {
      const detail = 'the checkpoint was not signed with its key: one of the two was replaced';
      return { kind: 'forged', seq: null, auditId: null, detail };
    }
    const { seq, at } = checkpoint;
    if (seq > end) {
      const detail = `the chain ends at ${end}, but went on to ${seq} at ${at}: its end was cut off`;
      return { kind: 'cut', seq: end + 1, auditId: null, detail };
    }
    if (seq < start.seq) {
      const detail = `rows were removed up to ${start.seq}, past the checkpoint of ${at} at ${seq}: not by the process that signed it`;
      return { kind: 'forged', seq: start.seq, auditId: null, detail };
    }
    const signed = seq === start.seq ? start : await this.chain.find(seq);
    if (signed?.hash === checkpoint.hash) return null;
    const detail = `seal ${seq} is not the one that was signed at ${at}: the chain was rewritten here or before`;
    return { kind: 'rewritten', seq, auditId: null, detail };
  }

  private unsealed(last: LastSeal | null, { xmax }: Snapshot): Promise<UnsealedTail> {
    if (last === null) return this.chain.tail('0', PAST_ALL_TRANSACTIONS);
    // What another server left unsealed lies past its horizon, and past all of this one's transactions.
    return this.chain.tail(last.horizon, isAfter(last.horizon, xmax) ? PAST_ALL_TRANSACTIONS : xmax);
  }
}

/** The audit rows that a walk along the chain came by. */
class IdSpan {
  lowest = Number.MAX_SAFE_INTEGER;
  highest = 0;

  async *watch(links: AsyncIterable<Link>): AsyncGenerator<Link> {
    for await (const link of links) {
      const id = Number(link.seal.auditId);
      this.lowest = Math.min(this.lowest, id);
      this.highest = Math.max(this.highest, id);
      yield link;
    }
  }
}
