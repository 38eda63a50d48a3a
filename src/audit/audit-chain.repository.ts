import { Injectable } from '@nestjs/common';

import { Database } from '../database/database';
import { AuditRow, ChainHead, Link, Seal } from './audit-chain';

/** What the database knows of its transactions at one moment. */
export interface Snapshot {
  /** All of it, as `pg_visible_in_snapshot` reads it. */
  readonly text: string;
  /** Every transaction before this one had ended. */
  readonly xmin: string;
  /** No transaction from this one on had begun. */
  readonly xmax: string;
}

/** A place in the log by transaction and id. */
export interface LogPosition {
  readonly xact: string;
  readonly id: string;
}

/** The last seal: what the next one follows, and how far the log was sealed for certain. */
export interface LastSeal extends ChainHead {
  readonly horizon: string;
}

/** Committed rows that wait for their seal. */
export interface UnsealedTail {
  readonly count: number;
  readonly oldestAt: Date | null;
}

const ROW = `a.id::text AS id, a.xact::text AS xact, extract(epoch FROM a.at)::text AS at, a.actor_kind AS "actorKind",
  a.actor_id::text AS "actorId", a.actor_name AS "actorName", a.action, a.subject_type AS "subjectType", a.subject_id AS "subjectId",
  a.before::text AS before, a.after::text AS after, a.request_id AS "requestId", a.address`;

const SNAPSHOT = {
  name: 'audit_snapshot',
  text: `SELECT snapshot::text AS text, pg_snapshot_xmin(snapshot)::text AS xmin, pg_snapshot_xmax(snapshot)::text AS xmax
         FROM pg_current_snapshot() AS snapshot`,
};

// The limit counts rows that were looked at, sealed or not, so that no call takes long. A join could be planned as a pass over
// all seals; the sub-select is one look into an index a row.
const SINCE = {
  name: 'audit_since_snapshot',
  text: `SELECT ${ROW}, (SELECT seq FROM audit_seals WHERE audit_id = a.id) AS seq FROM audit_log AS a
         WHERE (a.xact, a.id) > ($1::xid8, $2::bigint) AND NOT pg_visible_in_snapshot(a.xact, $3::pg_snapshot) AND a.xact < $4::xid8
         ORDER BY a.xact, a.id LIMIT $5`,
};

const APPEND = {
  name: 'audit_append_seals',
  text: `INSERT INTO audit_seals (seq, audit_id, version, sealed_at, horizon, row_hash, hash)
         SELECT seq, audit_id, version, to_timestamp(sealed_at), horizon::xid8, decode(row_hash, 'hex'), decode(hash, 'hex')
         FROM jsonb_to_recordset($1) AS seal(seq bigint, audit_id bigint, version smallint, sealed_at double precision, horizon text,
           row_hash text, hash text)`,
};

const LAST = {
  name: 'audit_last_seal',
  text: `SELECT seq, encode(hash, 'hex') AS hash, horizon::text AS horizon FROM audit_seals ORDER BY seq DESC LIMIT 1`,
};

const AT = {
  name: 'audit_seal_at',
  text: `SELECT seq, encode(hash, 'hex') AS hash FROM audit_seals WHERE seq = $1`,
};

const LINKS = {
  name: 'audit_links',
  text: `SELECT s.seq, s.audit_id::text AS "auditId", s.version, extract(epoch FROM s.sealed_at)::text AS "sealedAt", s.horizon::text AS horizon,
           encode(s.row_hash, 'hex') AS "rowHash", encode(s.hash, 'hex') AS hash, ${ROW}
         FROM (SELECT * FROM audit_seals WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3) AS s LEFT JOIN audit_log AS a ON a.id = s.audit_id
         ORDER BY s.seq`,
};

const TAIL = {
  name: 'audit_tail',
  text: `SELECT count(*) AS count, min(at) AS "oldestAt" FROM (
           SELECT a.at FROM audit_log AS a
           WHERE a.xact >= $1::xid8 AND a.xact < $2::xid8 AND (SELECT seq FROM audit_seals WHERE audit_id = a.id) IS NULL LIMIT $3
         ) AS tail`,
};

const UNCHAINED = {
  name: 'audit_unchained',
  text: `SELECT max(id) AS last, min(id) FILTER (WHERE xact < $3::xid8 AND seq IS NULL)::text AS unchained FROM (
           SELECT a.id, a.xact, (SELECT seq FROM audit_seals WHERE audit_id = a.id) AS seq FROM audit_log AS a
           WHERE a.id > $1 AND a.id <= $2 ORDER BY a.id LIMIT $4
         ) AS looked_at`,
};

const PAGE = 2_000;
/** Where counting the tail stops. */
export const TAIL_CAP = 100_000;

/** The SQL of the chain. Every statement looks at a bounded number of rows. */
@Injectable()
export class AuditChainRepository {
  constructor(private readonly database: Database) {}

  async snapshot(): Promise<Snapshot> {
    return (await this.database.query<{ text: string; xmin: string; xmax: string }>(SNAPSHOT))[0];
  }

  /**
   * The next rows after a position, by transaction and id, that `sealed` did not see yet and whose transaction comes before
   * `upTo`; `seq` is set on those that are sealed nevertheless.
   */
  listSince(
    position: LogPosition,
    sealed: string,
    upTo: string,
    limit: number,
  ): Promise<(AuditRow & { seq: number | null })[]> {
    return this.database.query(SINCE, [position.xact, position.id, sealed, upTo, limit]);
  }

  /** Stores seals, all or none. Fails where another process was first. */
  async append(seals: readonly Seal[]): Promise<void> {
    const rows = seals.map(({ seq, auditId, version, sealedAt, horizon, rowHash, hash }) => ({
      seq,
      audit_id: auditId,
      version,
      sealed_at: sealedAt,
      horizon,
      row_hash: rowHash,
      hash,
    }));
    await this.database.query(APPEND, [JSON.stringify(rows)]);
  }

  async findLast(): Promise<LastSeal | null> {
    return (await this.database.query<{ seq: number; hash: string; horizon: string }>(LAST))[0] ?? null;
  }

  async find(seq: number): Promise<ChainHead | null> {
    return (await this.database.query<{ seq: number; hash: string }>(AT, [seq]))[0] ?? null;
  }

  /** Seals with their rows, from after one seq up to another, a page at a time. */
  async *links(after: number, upTo: number): AsyncGenerator<Link> {
    let last = after;
    while (last < upTo) {
      const rows = await this.database.query<Seal & AuditRow>(LINKS, [last, upTo, PAGE]);
      for (const { seq, auditId, version, sealedAt, horizon, rowHash, hash, ...row } of rows)
        yield {
          seal: { seq, auditId, version, sealedAt, horizon, rowHash, hash },
          row: row.id === null ? null : row,
        };
      if (rows.length === 0) return;
      last = rows[rows.length - 1].seq;
    }
  }

  /** Rows of transactions in [horizon, upTo) that have no seal, counted up to the cap. */
  async tail(horizon: string, upTo: string): Promise<UnsealedTail> {
    const values = [horizon, upTo, TAIL_CAP];
    return (await this.database.query<{ count: number; oldestAt: Date | null }>(TAIL, values))[0];
  }

  /** The first row without a seal although its transaction lies before the horizon, among ids of (after, upTo]. */
  async findUnchained(after: number, upTo: number, horizon: string): Promise<string | null> {
    let from = after;
    for (;;) {
      const [{ last, unchained }] = await this.database.query<{
        last: number | null;
        unchained: string | null;
      }>(UNCHAINED, [from, upTo, horizon, 10 * PAGE]);
      if (unchained !== null || last === null) return unchained;
      from = last;
    }
  }
}
