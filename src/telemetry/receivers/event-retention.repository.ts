import { Injectable } from '@nestjs/common';

import { AgedRows } from '../../database/aged-rows';
import { Database } from '../../database/database';
import { ForeignReferences } from '../../database/foreign-references';

const FLOOD = {
  name: 'quarantined_events_flood',
  text: `WITH gone AS (
           DELETE FROM quarantined_events WHERE id IN (
             SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY sender ORDER BY id DESC) AS place FROM quarantined_events) AS placed
             WHERE place > $1 LIMIT $2)
           RETURNING 1
         ) SELECT count(*) AS deleted FROM gone`,
};

/** The SQL of what alerts and events leave behind. */
@Injectable()
export class EventRetentionRepository {
  readonly alerts = this.aged('alerts', 'resolved_at', `status = 'resolved'`);
  readonly silences = this.aged('silences', 'ends_at');
  readonly changes = this.aged('change_events', 'changed_at');
  readonly quarantine = this.aged('quarantined_events', 'last_received_at');
  readonly seen = this.aged('seen_events', 'received_at');
  readonly keys = this.aged('alert_keys', 'updated_at');

  constructor(
    private readonly database: Database,
    private readonly references: ForeignReferences,
  ) {}

  /** Deletes resolved alerts to which nothing refers; in a transaction. */
  async purgeAlerts(days: number, limit: number): Promise<number> {
    return this.alerts.purge(days, limit, await this.references.absent('alerts', 'aged', []));
  }

  /** Of a sender that floods the quarantine, the newest are enough to see what is wrong. */
  async purgeFlood(mostPerSender: number, limit: number): Promise<number> {
    const [{ deleted }] = await this.database.query<{ deleted: number }>(FLOOD, [mostPerSender, limit]);
    return deleted;
  }

  private aged(table: string, since: string, condition?: string): AgedRows {
    return new AgedRows(this.database, { table, since, condition });
  }
}
