import { Injectable } from '@nestjs/common';

import type { HistoryPlace } from '../../anomaly/anomaly.types';
import { Database } from '../../database/database';

const OPEN = {
  name: 'notification_cursor_open',
  text: `INSERT INTO notification_cursors (reader, xact, id) VALUES ('anomalies', $1::xid8, $2) ON CONFLICT ON CONSTRAINT notification_cursors_pk DO NOTHING`,
};

const LOCK = {
  name: 'notification_cursor_lock',
  // Locked: whoever believes to hold the office still, waits, and finds the place behind what was dealt with.
  text: `SELECT xact::text AS xact, id FROM notification_cursors WHERE reader = 'anomalies' FOR UPDATE`,
};

const READ = {
  name: 'notification_cursor_read',
  text: `SELECT xact::text AS xact, id FROM notification_cursors WHERE reader = 'anomalies'`,
};

const ADVANCE = {
  name: 'notification_cursor_advance',
  text: `UPDATE notification_cursors SET xact = $1::xid8, id = $2, updated_at = now() WHERE reader = 'anomalies'`,
};

/** How far what happens to anomalies has been told. */
@Injectable()
export class NoticeCursorRepository {
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
