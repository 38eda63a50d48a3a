import { createHash } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { DomainError } from '../../common/errors/domain-error';
import type { PageRequest } from '../../common/http/pagination';
import { Database } from '../../database/database';
import type { EventSender } from '../integrations/event-sender';
import type { SettlingChange, SettlingTerms } from '../telemetry.types';
import type { ChangeEvent } from './change-event';
import { ChangeEventEntity } from './change-event.entity';
import { ChangeEventRepository, ChangeFilter } from './change-event.repository';

/** What was changed on purpose, as pipelines and people tell it. */
@Injectable()
export class ChangeEventService {
  constructor(
    private readonly changes: ChangeEventRepository,
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  /** Stores a change that a sender tells, once for each of its event ids. */
  async receive(change: ChangeEvent, sender: EventSender, eventId: string | null): Promise<void> {
    const hash =
      eventId === null
        ? null
        : createHash('sha256')
            .update(JSON.stringify([sender.name, eventId]))
            .digest();
    await this.changes.insert(change, sender.integration?.id ?? null, hash);
  }

  /** Records a change that a caller tells in our own words. */
  record(change: ChangeEvent): Promise<ChangeEventEntity> {
    return this.database.run(async () => {
      const id = await this.changes.insert(change, null, null);
      const row = id === null ? null : await this.changes.find(id);
      if (row === null) throw new Error('A change without an event id is always new');
      const { service, summary } = change;
      await this.audit.record({
        action: 'change.recorded',
        subjectType: 'change',
        subjectId: row.id,
        after: { service, summary },
      });
      return row;
    });
  }

  /** The changes that settle now, by the database's clock: of each service the one that settles last. */
  listSettling(terms: SettlingTerms): Promise<SettlingChange[]> {
    return this.changes.listSettling(terms);
  }

  /** Throws a not-found error. */
  async get(id: number): Promise<ChangeEventEntity> {
    const row = await this.changes.find(id);
    if (row === null)
      throw new DomainError('not_found', 'change/not-found', `Change with ID ${id} not found`);
    return row;
  }

  list(filter: ChangeFilter, page: PageRequest): Promise<[ChangeEventEntity[], number]> {
    return this.changes.list(filter, page);
  }
}
