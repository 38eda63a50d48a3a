import { Injectable } from '@nestjs/common';

import { Database } from '../database/database';
import type { HistoryPosition } from './anomaly-history.repository';

const OPEN = {
  name: 'anomaly_cursor_open',
  text: `INSERT INTO anomaly_cursors (reader, xact, id) VALUES ($1, pg_snapshot_xmin(pg_current_snapshot()), 0)
         ON CONFLICT ON CONSTRAINT anomaly_cursors_pk DO NOTHING`,
};

const IS_BEHIND = {
  name: 'anomaly_cursor_is_behind',
  text: `SELECT EXISTS (
           SELECT FROM anomaly_history WHERE (xact, id) > (SELECT xact, id FROM anomaly_cursors WHERE reader = $1) AND xact < pg_snapshot_xmin(pg_current_snapshot())
         ) AS behind`,
};

const LOCK = {
  name: 'anomaly_cursor_lock',
  // Locked: whoever believes to hold the office still, waits, and finds the place behind what was dealt with.
  text: `SELECT xact::text AS xact, id FROM anomaly_cursors WHERE reader = $1 FOR UPDATE`,
};

const ADVANCE = {
  name: 'anomaly_cursor_advance',
  text: `UPDATE anomaly_cursors SET xact = $2::xid8, id = $3, updated_at = now() WHERE reader = $1`,
};

/** How far each reader has come in what happened to anomalies. */
@Injectable()
export class AnomalyCursorRepository {
  constructor(private readonly database: Database) {}

  /** Gives a new reader its place at the present end. */
  async open(reader: string): Promise<void> {
    await this.database.query(OPEN, [reader]);
  }

  /** Whether there is something to read; costs no lock, so that an idle reader leaves no trace. */
  async isBehind(reader: string): Promise<boolean> {
    return (await this.database.query<{ behind: boolean }>(IS_BEHIND, [reader]))[0].behind;
  }

  /** A reader's place, held until the transaction ends. */
  async lock(reader: string): Promise<HistoryPosition> {
    return (await this.database.query<{ xact: string; id: number }>(LOCK, [reader]))[0];
  }

  async advance(reader: string, { xact, id }: HistoryPosition): Promise<void> {
    await this.database.query(ADVANCE, [reader, xact, id]);
  }
}
