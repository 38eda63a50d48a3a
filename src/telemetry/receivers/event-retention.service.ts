import { Injectable, OnModuleInit } from '@nestjs/common';

import { RETENTION } from '../../config/retention-limits';
import { RetentionConfig } from '../../config/sections';
import type { AgedRows } from '../../database/aged-rows';
import { batchOf, RetentionClass, RetentionClasses } from '../../database/retention-classes';
import { EventBudgetRepository } from '../integrations/event-budget.repository';
import { EventRetentionRepository } from './event-retention.repository';

const QUARANTINE_DAYS = 30;
const MOST_QUARANTINED = 1_000;
/** No sender tries for so long, and a signed delivery is too old after minutes. */
const SEEN_DAYS = 3;
/** An alert that nobody has told of for a quarter of a year is not going to be ended by its key. */
const KEY_DAYS = 90;

/** How long alerts and other events are kept. */
@Injectable()
export class EventRetention implements OnModuleInit {
  constructor(
    private readonly classes: RetentionClasses,
    private readonly rows: EventRetentionRepository,
    private readonly budgets: EventBudgetRepository,
    private readonly config: RetentionConfig,
  ) {}

  onModuleInit(): void {
    const { eventDays } = this.config;
    const keep = { ...RETENTION.events, days: eventDays };
    this.classes.register({
      name: 'alerts',
      holds: 'Alerts that are over; those that fire, or that something refers to, stay',
      tables: ['alerts'],
      keep,
      oldest: () => this.rows.alerts.oldest(),
      purge: async (limit) => batchOf(await this.rows.purgeAlerts(eventDays, limit), limit),
    });
    this.classes.register(aged('silences', 'Silences that have ended', this.rows.silences, eventDays, keep));
    this.classes.register(
      aged('changes', 'Deployments and other changes', this.rows.changes, eventDays, keep, 'change_events'),
    );
    this.classes.register({
      name: 'quarantine',
      holds: `Events that could not be taken; they go after ${QUARANTINE_DAYS} days, and all but the newest ${MOST_QUARANTINED} of a sender at once`,
      tables: ['quarantined_events'],
      keep: null,
      oldest: () => this.rows.quarantine.oldest(),
      purge: async (limit) => batchOf(await this.purgeQuarantine(limit), limit),
    });
    this.classes.register(
      aged(
        'seen-events',
        `Deliveries that were taken, so that none is taken twice; they go after ${SEEN_DAYS} days`,
        this.rows.seen,
        SEEN_DAYS,
        null,
        'seen_events',
      ),
    );
    this.classes.register(
      aged(
        'alert-keys',
        `What senders call their alerts; they go ${KEY_DAYS} days after their last word`,
        this.rows.keys,
        KEY_DAYS,
        null,
        'alert_keys',
      ),
    );
    this.classes.register({
      name: 'event-budgets',
      holds: 'What senders have used of their budgets; it goes when they are whole again, after five minutes',
      tables: ['event_budgets'],
      keep: null,
      oldest: () => Promise.resolve(null),
      purge: async (limit) => batchOf(await this.budgets.purge(limit), limit),
    });
    this.classes.register({
      name: 'alert-changes',
      holds: 'What changed alerts, for the readers that make anomalies of it; it goes when all have read it',
      tables: ['alert_changes'],
      keep: null,
      oldest: () => Promise.resolve(null),
      purge: null,
    });
  }

  private async purgeQuarantine(limit: number): Promise<number> {
    const old = await this.rows.quarantine.purge(QUARANTINE_DAYS, limit);
    return old === limit ? old : old + (await this.rows.purgeFlood(MOST_QUARANTINED, limit - old));
  }
}

function aged(
  name: string,
  holds: string,
  rows: AgedRows,
  days: number,
  keep: RetentionClass['keep'],
  table = name,
): RetentionClass {
  return {
    name,
    holds,
    tables: [table],
    keep,
    oldest: () => rows.oldest(),
    purge: async (limit) => batchOf(await rows.purge(days, limit), limit),
  };
}
