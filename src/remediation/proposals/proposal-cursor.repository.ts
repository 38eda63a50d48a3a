import { Injectable } from '@nestjs/common';

import type { HistoryPlace } from '../../anomaly/anomaly.types';
import { Database } from '../../database/database';

const OPEN = {
  name: 'remediation_cursor_open',
  text: `INSERT INTO remediation_cursors (reader, xact, id) VALUES ('proposals', $1::xid8, $2) ON CONFLICT ON CONSTRAINT remediation_cursors_pk DO NOTHING`,
};

const LOCK = {
  name: 'remediation_cursor_lock',
  // Locked: whoever believes to hold the office still, waits, and finds the place behind what was dealt with.
  text: `SELECT xact::text AS xact, id FROM remediation_cursors WHERE reader = 'proposals' FOR UPDATE`,
};

const READ = {
  name: 'remediation_cursor_read',
  text: `SELECT xact::text AS xact, id FROM remediation_cursors WHERE reader = 'proposals'`,
};

const ADVANCE = {
  name: 'remediation_cursor_advance',
  text: `UPDATE remediation_cursors SET xact = $1::xid8, id = $2, updated_at = now() WHERE reader = 'proposals'`,
};

/** How far remediation has looked at what happens to anomalies. */
@Injectable()
export class ProposalCursorRepository {
  constructor(private readonly database: Database) {}

  /** Begins at a place, where it has not begun yet. */
  async open({ xact, id }: HistoryPlace): Promise<void> {
    await this.database.query(OPEN, [xact, id]);
  }

  async read(): Promise<HistoryPlace> {
    return (await this.database.query<HistoryPlace & { id: number }>(READ))[0];
  }

  /** The place, held until the transaction ends. */
  async lock(): Promise<HistoryPlace> {
    return (await this.database.query<HistoryPlace & { id: number }>(LOCK))[0];
  }

  async advance({ xact, id }: HistoryPlace): Promise<void> {
    await this.database.query(ADVANCE, [xact, id]);
  }
}
