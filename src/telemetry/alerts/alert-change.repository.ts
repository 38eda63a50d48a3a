import { Injectable } from '@nestjs/common';

import { Database } from '../../database/database';
import type { AlertChange } from '../telemetry.types';
import type { Alert } from './alert.entity';
import { ALERT_COLUMNS } from './alert.repository';
import type { AlertChangeKind } from './alert-lifecycle';

/** A place in the commit order of changes: everything up to it has been dealt with. */
export interface ChangePosition {
  readonly xact: string;
  readonly id: number;
}

/** A change and its place. */
export interface StoredChange extends AlertChange {
  readonly position: ChangePosition;
}

type ChangeRow = Alert & { xact: string; changeId: number; kind: AlertChangeKind; changedAt: Date };

const OPEN_CURSOR = {
  name: 'alert_cursor_open',
  text: `INSERT INTO alert_cursors (reader, xact, id) VALUES ($1, '0', 0) ON CONFLICT ON CONSTRAINT alert_cursors_pk DO NOTHING`,
};

const IS_BEHIND = {
  name: 'alert_cursor_is_behind',
  text: `SELECT EXISTS (
           SELECT FROM alert_changes WHERE (xact, id) > (SELECT xact, id FROM alert_cursors WHERE reader = $1) AND xact < pg_snapshot_xmin(pg_current_snapshot())
         ) AS behind`,
};

const LOCK_CURSOR = {
  name: 'alert_cursor_lock',
  // Locked: whoever believes to hold the office still, waits, and finds the place behind what was dealt with.
  text: `SELECT xact::text AS xact, id FROM alert_cursors WHERE reader = $1 FOR UPDATE`,
};

// Rows of transactions that may still commit are left for later: a bare sequence would skip what commits late.
const READ_AFTER = {
  name: 'alert_changes_after',
  text: `SELECT change.xact::text AS xact, change.id AS "changeId", kind, changed_at AS "changedAt", ${ALERT_COLUMNS}
         FROM alert_changes AS change JOIN alerts AS alert ON alert.id = change.alert_id
         WHERE (change.xact, change.id) > ($1::xid8, $2::bigint) AND change.xact < pg_snapshot_xmin(pg_current_snapshot())
         ORDER BY change.xact, change.id LIMIT $3`,
};

const ADVANCE = {
  name: 'alert_cursor_advance',
  text: `UPDATE alert_cursors SET xact = $2::xid8, id = $3, updated_at = now() WHERE reader = $1`,
};

const PURGE = {
  name: 'alert_changes_purge',
  text: `WITH reached AS (SELECT xact, id FROM alert_cursors ORDER BY xact, id LIMIT 1)
         DELETE FROM alert_changes USING reached WHERE (alert_changes.xact, alert_changes.id) <= (reached.xact, reached.id)`,
};

/** The SQL of what changed alerts, and of who has read it. */
@Injectable()
export class AlertChangeRepository {
  constructor(private readonly database: Database) {}

  /** Gives a new reader its place before everything. */
  async openCursor(reader: string): Promise<void> {
    await this.database.query(OPEN_CURSOR, [reader]);
  }

  /** Whether there is something to read; costs no lock, so that an idle reader leaves no trace. */
  async isBehind(reader: string): Promise<boolean> {
    return (await this.database.query<{ behind: boolean }>(IS_BEHIND, [reader]))[0].behind;
  }

  /** A reader's place, held until the transaction ends. */
  async lockCursor(reader: string): Promise<ChangePosition> {
    return (await this.database.query<{ xact: string; id: number }>(LOCK_CURSOR, [reader]))[0];
  }

  /** Changes after a place, in commit order; only such whose place in it is final. */
  async readAfter({ xact, id }: ChangePosition, limit: number): Promise<StoredChange[]> {
    const rows = await this.database.query<ChangeRow>(READ_AFTER, [xact, id, limit]);
    return rows.map(({ xact, changeId, kind, changedAt, ...alert }) => ({
      position: { xact, id: changeId },
      kind,
      changedAt,
      alert,
    }));
  }

  async advance(reader: string, { xact, id }: ChangePosition): Promise<void> {
    await this.database.query(ADVANCE, [reader, xact, id]);
  }

  /** Deletes changes that every reader has passed. */
  async purge(): Promise<void> {
    await this.database.query(PURGE);
  }
}
