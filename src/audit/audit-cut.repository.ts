import { Injectable } from '@nestjs/common';

import { Database } from '../database/database';
import { Seal } from './audit-chain';
import { AuditChainRepository } from './audit-chain.repository';
import { Cut } from './audit-cut';

const LAST = {
  name: 'audit_last_cut',
  text: `SELECT seq, audit_id::text AS "auditId", version, extract(epoch FROM sealed_at)::text AS "sealedAt", horizon::text AS horizon,
           encode(row_hash, 'hex') AS "rowHash", encode(hash, 'hex') AS hash, encode(previous_hash, 'hex') AS "previousHash", cut_at AS "cutAt",
           (SELECT s.seq FROM audit_seals AS s WHERE s.audit_id = announced_by) AS "announcedAt"
         FROM audit_cuts ORDER BY seq DESC LIMIT 1`,
};

const INSERT = {
  name: 'audit_insert_cut',
  text: `INSERT INTO audit_cuts (seq, audit_id, version, sealed_at, horizon, row_hash, hash, previous_hash, announced_by)
         SELECT seq, audit_id, version, sealed_at, horizon, row_hash, hash, decode($2, 'hex'), $3 FROM audit_seals WHERE seq = $1`,
};

const REMOVE = { name: 'audit_remove_cut', text: 'SELECT remove_cut_audit_rows($1) AS removed' };

// The seal stands behind the end that was read before.
const SEALED_NOTICE = {
  name: 'audit_sealed_notice',
  text: `SELECT a.id::text AS "auditId", s.seq FROM audit_log AS a JOIN audit_seals AS s ON s.audit_id = a.id
         WHERE a.action = $1 AND a.after ->> 'up_to_seq' = $2 ORDER BY a.at DESC, a.id DESC LIMIT 1`,
};

const OLDEST = {
  name: 'audit_oldest',
  text: `SELECT sealed_at AS at FROM audit_seals ORDER BY seq LIMIT 1`,
};

/** The SQL of cuts: the one way by which rows leave the log. */
@Injectable()
export class AuditCutRepository {
  constructor(
    private readonly database: Database,
    private readonly chain: AuditChainRepository,
  ) {}

  /** Where the chain begins, if not at its first row. */
  async findLast(): Promise<Cut | null> {
    const [found] = await this.database.query<
      Seal & { previousHash: string; cutAt: Date; announcedAt: number | null }
    >(LAST);
    if (found === undefined) return null;
    const { previousHash, cutAt, announcedAt, ...seal } = found;
    let announcement: Cut['announcement'] = null;
    if (announcedAt !== null)
      for await (const link of this.chain.links(announcedAt - 1, announcedAt)) announcement = link;
    return { seal, previousHash, at: cutAt.toISOString(), announcement };
  }

  /** Where the notice of a cut was sealed; null until it is. */
  async findNotice(action: string, upToSeq: number): Promise<{ auditId: string; seq: number } | null> {
    const rows = await this.database.query<{ auditId: string; seq: number }>(SEALED_NOTICE, [
      action,
      String(upToSeq),
    ]);
    return rows[0] ?? null;
  }

  /** Makes the cut: from here on its rows no longer count, and may be removed. The database refuses one that was not announced. */
  async insert(seq: number, previousHash: string, announcedBy: string): Promise<void> {
    await this.database.query(INSERT, [seq, previousHash, announcedBy]);
  }

  /** Removes some rows that were cut off, with their seals, oldest first; returns how many. */
  async remove(limit: number): Promise<number> {
    return (await this.database.query<{ removed: number }>(REMOVE, [limit]))[0].removed;
  }

  /** When the oldest row was sealed. */
  async oldest(): Promise<Date | null> {
    return (await this.database.query<{ at: Date }>(OLDEST))[0]?.at ?? null;
  }
}
