import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';

import { Actor, SYSTEM } from '../common/actor';
import { PageRequest } from '../common/http/pagination';
import { Database } from '../database/database';
import { AnomalyEnd, HistoryLine } from './anomaly.types';
import { AnomalyComment } from './anomaly-comment.entity';
import { AnomalyHistoryEntry } from './anomaly-history.entity';
import { isRecovery } from './self-resolution';

/** A place in commit order: everything up to it has been seen. Order: transaction, then id. */
export interface HistoryPosition {
  readonly xact: string;
  readonly id: number;
}

/** A history line with its place in commit order. */
export type CommittedEntry = AnomalyHistoryEntry & HistoryPosition;

const INSERT = {
  name: 'anomaly_history_insert',
  text: `INSERT INTO anomaly_history (anomaly_id, event, actor_kind, actor_id, actor_name, from_status, to_status, changes)
         SELECT anomaly_id, event, $1, $2, $3, from_status, to_status, changes
         FROM jsonb_to_recordset($4) AS line(anomaly_id bigint, event text, from_status text, to_status text, changes jsonb)`,
};

const COLUMNS = `id, xact::text AS xact, anomaly_id AS "anomalyId", at, event, actor_kind AS "actorKind", actor_id AS "actorId",
  actor_name AS "actorName", from_status AS "fromStatus", to_status AS "toStatus", changes`;

// Rows of transactions that may still commit are left for later: nothing can then appear before what was already sent.
const AFTER = {
  name: 'anomaly_history_after',
  text: `SELECT ${COLUMNS} FROM anomaly_history
         WHERE (xact, id) > ($1::xid8, $2::bigint) AND xact < pg_snapshot_xmin(pg_current_snapshot())
         ORDER BY xact, id LIMIT $3`,
};

const END = {
  name: 'anomaly_history_end',
  text: `SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xact, 0::bigint AS id`,
};

const OPENINGS = {
  name: 'anomaly_history_openings',
  text: `SELECT count(*) AS openings FROM anomaly_history WHERE anomaly_id = $1 AND event IN ('opened', 'reopened')`,
};

const LAST_END = {
  name: 'anomaly_history_last_end',
  text: `SELECT at, event, actor_kind AS "actorKind", changes ->> 'resolution' AS resolution FROM anomaly_history
         WHERE anomaly_id = $1 AND event IN ('opened', 'reopened', 'resolved', 'dismissed', 'deleted') ORDER BY id DESC LIMIT 1`,
};

interface LastEnd extends Pick<AnomalyHistoryEntry, 'at' | 'event' | 'actorKind'>, Record<string, unknown> {
  readonly resolution: string | null;
}

/** History and comments of anomalies. */
@Injectable()
export class AnomalyHistoryRepository {
  constructor(
    @InjectRepository(AnomalyHistoryEntry) private readonly entries: Repository<AnomalyHistoryEntry>,
    @InjectRepository(AnomalyComment) private readonly comments: Repository<AnomalyComment>,
    private readonly database: Database,
  ) {}

  async countOpenings(anomalyId: number): Promise<number> {
    return (await this.database.query<{ openings: number }>(OPENINGS, [anomalyId]))[0].openings;
  }

  /** How an anomaly ended; null while it goes on. */
  async findEnd(anomalyId: number): Promise<AnomalyEnd | null> {
    const [last] = await this.database.query<LastEnd>(LAST_END, [anomalyId]);
    if (last === undefined || last.event === 'opened' || last.event === 'reopened') return null;
    if (last.event !== 'resolved' || last.actorKind !== SYSTEM.kind) return { at: last.at, how: 'closed' };
    return { at: last.at, how: isRecovery(last.resolution) ? 'recovered' : 'not_seen' };
  }

  async append(lines: readonly HistoryLine[], actor: Actor): Promise<void> {
    const rows = lines.map((line) => ({
      anomaly_id: line.anomalyId,
      event: line.event,
      from_status: line.fromStatus,
      to_status: line.toStatus,
      changes: line.changes ?? null,
    }));
    await this.database.query(INSERT, [actor.kind, actor.id, actor.name, JSON.stringify(rows)]);
  }

  /** An anomaly's history, newest first, with how many lines there are. */
  list(anomalyId: number, { page, perPage }: PageRequest): Promise<[AnomalyHistoryEntry[], number]> {
    return this.database.bind(this.entries).findAndCount({
      where: { anomalyId },
      order: { id: 'DESC' },
      take: perPage,
      skip: (page - 1) * perPage,
    });
  }

  /** What committed after a position, oldest first. */
  listAfter({ xact, id }: HistoryPosition, limit: number): Promise<CommittedEntry[]> {
    return this.database.query<CommittedEntry>(AFTER, [xact, id, limit]);
  }

  /** The present end of the history: what commits from now on comes after it. */
  async end(): Promise<HistoryPosition> {
    return (await this.database.query<{ xact: string; id: number }>(END))[0];
  }

  async addComment(anomalyId: number, body: string, author: Actor): Promise<AnomalyComment> {
    const comment = this.comments.create({ anomalyId, body, authorId: author.id, authorName: author.name });
    const { identifiers } = await this.database.bind(this.comments).insert(comment);
    return this.database
      .bind(this.comments)
      .findOneByOrFail({ id: Number((identifiers[0] as { id: number | string }).id) });
  }

  /** An anomaly's comments, newest first, with how many there are. */
  listComments(anomalyId: number, { page, perPage }: PageRequest): Promise<[AnomalyComment[], number]> {
    return this.database.bind(this.comments).findAndCount({
      where: { anomalyId },
      order: { id: 'DESC' },
      take: perPage,
      skip: (page - 1) * perPage,
    });
  }
}
