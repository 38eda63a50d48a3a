import { Injectable } from '@nestjs/common';

import { Database } from '../../database/database';
import { GroupCommit } from '../../database/group-commit';
import { EventBudgetRepository } from './event-budget.repository';
import { DEFAULT_EVENTS_PER_5_MINUTES, EventSender } from './event-sender';

/** In events. */
const LIMITS = { underWay: 1, shared: 1_000, waiting: 10_000 };
const MAX_SENDERS = 10_000;

interface Ask {
  readonly sender: string;
  readonly budget: number;
  /** Set by the answer: 0 where the event is within the budget. */
  waitSeconds: number;
}

/**
 * How much a sender may send, over all processes (safety T2): a post, or a batch as one. Events that come while others are counted are counted
 * together, so that a flood costs one statement at a time; and a sender whose budget is used up costs none until it has earned an event.
 */
@Injectable()
export class EventBudgets {
  private readonly group = new GroupCommit<Ask>(LIMITS, (asks) => this.answer(asks));
  /** When each sender may send again, by this process's monotonic clock. */
  private readonly spentUntilMs = new Map<string, number>();

  constructor(
    private readonly budgets: EventBudgetRepository,
    private readonly database: Database,
  ) {}

  /** Takes one event of a sender's budget; returns the seconds to wait where it is used up, else 0. */
  async take({ name, integration }: EventSender): Promise<number> {
    const budget = integration?.eventsPer5Minutes ?? DEFAULT_EVENTS_PER_5_MINUTES;
    const key = `${name}/${budget}`;
    const leftMs = (this.spentUntilMs.get(key) ?? 0) - performance.now();
    if (leftMs > 0) return Math.ceil(leftMs / 1_000);
    const ask: Ask = { sender: name, budget, waitSeconds: 0 };
    await this.group.add(ask, 1);
    if (ask.waitSeconds > 0) this.remember(key, performance.now() + ask.waitSeconds * 1_000);
    return Math.ceil(ask.waitSeconds);
  }

  private async answer(asks: readonly Ask[]): Promise<void> {
    const bySender = Map.groupBy(asks, ({ sender }) => sender);
    const shares = [...bySender.values()].map((own) => ({ ...own[0], events: own.length }));
    // The statement belongs to several callers, and to no transaction of one of them.
    const taken = await this.database.apart(() => this.budgets.take(shares));
    for (const [sender, own] of bySender) {
      const { granted, waitSeconds } = taken.get(sender)!;
      // The least that is worth a second try, so that nobody is told to wait for nothing.
      for (const ask of own.slice(granted)) ask.waitSeconds = Math.max(waitSeconds, 0.001);
    }
  }

  private remember(key: string, untilMs: number): void {
    this.spentUntilMs.delete(key);
    this.spentUntilMs.set(key, untilMs);
    // A Map keeps the order of insertion: the first is the oldest.
    for (const oldest of this.spentUntilMs.keys()) {
      if (this.spentUntilMs.size <= MAX_SENDERS) break;
      this.spentUntilMs.delete(oldest);
    }
  }
}
