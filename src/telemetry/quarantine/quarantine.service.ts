import { createHash } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import type { IdPage } from '../../auth/id-page';
import { DomainError } from '../../common/errors/domain-error';
import { Database } from '../../database/database';
import type { EventSender } from '../integrations/event-sender';
import type { ReceivedEvent } from '../receivers/event-item';
import { QuarantinedEvent } from './quarantined-event.entity';
import { QuarantinedEventRepository } from './quarantined-event.repository';

/** What is kept of a body. */
const MAX_BODY_BYTES = 64 * 1024;
const MAX_REASON_LENGTH = 1_000;

/** Events that cannot be taken: they are kept, so that a person can mend what is wrong and have them read again. */
@Injectable()
export class QuarantineService {
  constructor(
    private readonly events: QuarantinedEventRepository,
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  /** Keeps an event of a known sender; the same event again is counted. */
  async keep({ name, integration }: EventSender, event: ReceivedEvent, reason: string): Promise<void> {
    const { protocol, mediaType, headers, body } = event;
    await this.events.keep({
      protocol,
      sender: name,
      integrationId: integration?.id ?? null,
      contentHash: createHash('sha256')
        .update(JSON.stringify([protocol, mediaType, headers]))
        .update(body)
        .digest(),
      mediaType,
      headers: { ...headers },
      body: body.subarray(0, MAX_BODY_BYTES),
      isCut: body.length > MAX_BODY_BYTES,
      reason: reason.slice(0, MAX_REASON_LENGTH).toWellFormed(),
    });
  }

  list(page: IdPage): Promise<[QuarantinedEvent[], number]> {
    return this.events.list(page);
  }

  /** Throws a not-found error. */
  async get(id: number): Promise<QuarantinedEvent> {
    return known(id, await this.events.find(id));
  }

  /** Takes an event out of quarantine, where `take` can do so now; one replay of an event at a time. Throws a not-found error, and what `take` does. */
  release(id: number, take: (event: QuarantinedEvent) => Promise<void>): Promise<void> {
    return this.database.run(async () => {
      const event = known(id, await this.events.findLocked(id));
      if (event.isCut)
        throw new DomainError(
          'conflict',
          'quarantine/cut',
          `Event ${id} was longer than the ${MAX_BODY_BYTES} bytes that are kept; its sender must send it again`,
        );
      await take(event);
      await this.events.delete(id);
      await this.record('quarantine.replayed', event);
    });
  }

  /** Forgets an event. Throws a not-found error. */
  drop(id: number): Promise<void> {
    return this.database.run(async () => {
      const event = await this.get(id);
      await this.events.delete(id);
      await this.record('quarantine.dropped', event);
    });
  }

  private record(action: string, { id, protocol, sender, reason }: QuarantinedEvent): Promise<void> {
    return this.audit.record({
      action,
      subjectType: 'quarantined_event',
      subjectId: id,
      before: { protocol, sender, reason },
    });
  }
}

function known(id: number, event: QuarantinedEvent | null): QuarantinedEvent {
  if (event === null)
    throw new DomainError('not_found', 'quarantine/not-found', `Quarantined event with ID ${id} not found`);
  return event;
}
