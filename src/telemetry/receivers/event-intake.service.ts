import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { DomainError } from '../../common/errors/domain-error';
import { EventBudgets } from '../integrations/event-budgets.service';
import { EventSender, mappingOf } from '../integrations/event-sender';
import { IntegrationActivity } from '../integrations/integration-activity.service';
import { InvalidEvent } from '../protocols/event.errors';
import { QuarantineService } from '../quarantine/quarantine.service';
import type { EventItem, EventReading, ReceivedEvent } from './event-item';
import { readEvents } from './event-reading';
import { EventStore } from './event-store.service';
import { BudgetSpent } from './receiver.errors';

/** Postgres' class of errors about values that it cannot hold: they come again with every try. */
const DATA_EXCEPTION = '22';

/** How a delivery is to be taken. */
export interface DeliveryTraits {
  /** The error that its sender understands where the budget is used up; `too_many` where nothing is said. */
  readonly whenSpent?: 'too_many' | 'unavailable';
  /** What the delivery is known again by, where that is not in its events. */
  readonly deliveryId?: string;
}

/** The one way in for the bodies that other products send: within a budget, stored before it is answered, kept where it cannot be read. */
@Injectable()
export class EventIntake {
  constructor(
    private readonly store: EventStore,
    private readonly quarantine: QuarantineService,
    private readonly budgets: EventBudgets,
    private readonly activity: IntegrationActivity,
  ) {}

  /**
   * Takes an event; when this returns, everything that it tells has committed.
   * Throws  BudgetSpent; InvalidEvent where parts of it can never be taken: the others are stored, and the body is in quarantine.
   */
  async receive(
    sender: EventSender,
    event: ReceivedEvent,
    { whenSpent = 'too_many', deliveryId }: DeliveryTraits = {},
  ): Promise<readonly EventItem[]> {
    const waitSeconds = await this.budgets.take(sender);
    if (waitSeconds > 0) {
      this.note(sender, 'The budget is used up');
      throw new BudgetSpent(whenSpent, waitSeconds);
    }
    try {
      const items = await this.take(sender, event, deliveryId);
      this.note(sender, null);
      return items;
    } catch (error) {
      this.note(sender, error instanceof DomainError ? error.message : 'Not stored');
      if (error instanceof InvalidEvent) await this.quarantine.keep(sender, event, error.message);
      throw error;
    }
  }

  /** The same for an event out of quarantine. Throws  InvalidEvent as above; the event is then not kept anew. */
  async take(
    sender: EventSender,
    event: ReceivedEvent,
    deliveryId: string | null = null,
  ): Promise<readonly EventItem[]> {
    const { items, faults } = this.read(sender, event);
    const all = [...faults, ...(await this.stored(sender, event, items, deliveryId))];
    if (all.length > 0) {
      const count = items.length + faults.length;
      throw new InvalidEvent(
        count === 1 ? all[0] : `${all.length} of ${count} cannot be taken: ${all[0]}`,
        all,
      );
    }
    return items;
  }

  private note({ integration }: EventSender, error: string | null): void {
    if (integration !== null) this.activity.note(integration.id, error);
  }

  private read(sender: EventSender, event: ReceivedEvent): EventReading {
    return readEvents(event, mappingOf(sender), randomUUID());
  }

  private async stored(
    sender: EventSender,
    { protocol }: ReceivedEvent,
    items: readonly EventItem[],
    deliveryId: string | null,
  ): Promise<string[]> {
    try {
      return await this.store.store(sender, protocol, items, deliveryId);
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (typeof code === 'string' && code.startsWith(DATA_EXCEPTION))
        throw new InvalidEvent('It holds a value that cannot be stored');
      throw error;
    }
  }
}
