import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';

import type { IdPage } from '../../auth/id-page';
import { newestFirst } from '../../auth/newest-first';
import { Database } from '../../database/database';
import { QuarantinedEvent } from './quarantined-event.entity';

export type NewQuarantinedEvent = Pick<
  QuarantinedEvent,
  | 'protocol'
  | 'sender'
  | 'integrationId'
  | 'contentHash'
  | 'mediaType'
  | 'headers'
  | 'body'
  | 'isCut'
  | 'reason'
>;

const KEEP = {
  name: 'quarantined_event_keep',
  text: `INSERT INTO quarantined_events AS known (protocol, sender, integration_id, content_hash, media_type, headers, body, is_cut, reason)
         SELECT $1, $2, (SELECT id FROM integrations WHERE id = $3), $4, $5, $6, $7, $8, $9
         ON CONFLICT ON CONSTRAINT quarantined_event_once DO UPDATE SET
           reason = excluded.reason, received_count = known.received_count + 1, last_received_at = now()`,
};

const LOCK = {
  name: 'quarantined_event_lock',
  text: 'SELECT id FROM quarantined_events WHERE id = $1 FOR UPDATE',
};

/** The SQL of the quarantine. */
@Injectable()
export class QuarantinedEventRepository {
  constructor(
    @InjectRepository(QuarantinedEvent) private readonly events: Repository<QuarantinedEvent>,
    private readonly database: Database,
  ) {}

  /** Keeps an event; one that is there already is counted. */
  async keep(event: NewQuarantinedEvent): Promise<void> {
    await this.database.query(KEEP, [
      event.protocol,
      event.sender,
      event.integrationId,
      event.contentHash,
      event.mediaType,
      JSON.stringify(event.headers),
      event.body,
      event.isCut,
      event.reason,
    ]);
  }

  list(page: IdPage): Promise<[QuarantinedEvent[], number]> {
    return newestFirst(this.rows, page);
  }

  find(id: number): Promise<QuarantinedEvent | null> {
    return this.rows.findOneBy({ id });
  }

  /** The same, held until the open transaction ends. */
  async findLocked(id: number): Promise<QuarantinedEvent | null> {
    await this.database.query(LOCK, [id]);
    return this.find(id);
  }

  async setReason(id: number, reason: string): Promise<void> {
    await this.rows.update({ id }, { reason });
  }

  async delete(id: number): Promise<void> {
    await this.rows.delete({ id });
  }

  private get rows(): Repository<QuarantinedEvent> {
    return this.database.bind(this.events);
  }
}
