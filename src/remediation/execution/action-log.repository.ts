import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';

import { PageRequest } from '../../common/http/pagination';
import { Database } from '../../database/database';
import { ActionLogEntry } from './log-entry.entity';

/** A place in commit order: everything up to it has been seen. */
export interface LogPosition {
  readonly xact: string;
  readonly id: number;
}

export type CommittedLogEntry = ActionLogEntry & LogPosition;

export type NewLogEntry = Pick<ActionLogEntry, 'actionId' | 'stepId' | 'event' | 'message' | 'byName'>;

// Lines of transactions that may still commit are left for later: nothing can then appear before what was already sent.
const AFTER = {
  name: 'remediation_log_after',
  text: `SELECT id, xact::text AS xact, action_id AS "actionId", step_id AS "stepId", at, event, message, by_name AS "byName" FROM remediation_log
         WHERE action_id = $1 AND (xact, id) > ($2::xid8, $3::bigint) AND xact < pg_snapshot_xmin(pg_current_snapshot())
         ORDER BY xact, id LIMIT $4`,
};

/** What happened to actions, line by line. */
@Injectable()
export class ActionLogRepository {
  constructor(
    @InjectRepository(ActionLogEntry) private readonly entries: Repository<ActionLogEntry>,
    private readonly database: Database,
  ) {}

  async append(entries: readonly NewLogEntry[]): Promise<void> {
    await this.rows.insert([...entries]);
  }

  /** Oldest first, with how many lines there are. */
  list(actionId: number, { page, perPage }: PageRequest): Promise<[ActionLogEntry[], number]> {
    return this.rows.findAndCount({
      where: { actionId },
      order: { id: 'ASC' },
      take: perPage,
      skip: (page - 1) * perPage,
    });
  }

  /** What committed after a position, in commit order. */
  listAfter(actionId: number, { xact, id }: LogPosition, limit: number): Promise<CommittedLogEntry[]> {
    return this.database.query<CommittedLogEntry>(AFTER, [actionId, xact, id, limit]);
  }

  private get rows(): Repository<ActionLogEntry> {
    return this.database.bind(this.entries);
  }
}
