import { Injectable } from '@nestjs/common';

import { Database } from '../../database/database';

/** Within so long an empty budget is whole again. */
const PERIOD_SECONDS = 300;

/** What a sender asks of its budget, or was given of it. */
export interface BudgetShare {
  readonly sender: string;
  /** Events in five minutes. */
  readonly budget: number;
  readonly events: number;
}

/** What is left of a budget is kept as the moment at which it is whole again: each event puts that off by the time that it takes to earn one. */
const TAKE = {
  name: 'event_budgets_take',
  text: `INSERT INTO event_budgets AS b (sender, budget, granted, whole_at)
         SELECT sender, budget, least(wanted, budget), now() + least(wanted, budget) * make_interval(secs => $4::float8 / budget)
         FROM unnest($1::text[], $2::integer[], $3::integer[]) AS asked(sender, budget, wanted)
         -- In the order of the key, so that two processes wait for each other, and never crosswise.
         ORDER BY sender
         ON CONFLICT ON CONSTRAINT event_budgets_pk DO UPDATE SET budget = excluded.budget, (granted, whole_at) = (
           SELECT given, since + given * make_interval(secs => $4::float8 / excluded.budget)
           -- One that lies further ahead is of a clock that has been set back.
           FROM (SELECT least(greatest(b.whole_at, now()), now() + make_interval(secs => $4::float8)) AS since) AS held,
             LATERAL (SELECT (1 - extract(epoch FROM since - now())::float8 / $4::float8) * excluded.budget AS earned) AS room,
             LATERAL (SELECT least(excluded.granted, floor(earned + 1e-6)::integer) AS given) AS share)
         RETURNING sender, granted, extract(epoch FROM whole_at - now())::float8 AS owed_seconds`,
};

const PURGE = {
  name: 'event_budgets_purge',
  text: `DELETE FROM event_budgets WHERE sender IN (
           SELECT sender FROM event_budgets WHERE whole_at < now() LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING 1`,
};

/** What senders have used of their budgets, over all processes, by the database's clock. */
@Injectable()
export class EventBudgetRepository {
  constructor(private readonly database: Database) {}

  /** Takes as many of the events that each sender asks for as its budget has, and says after how many seconds it has one more. */
  async take(asked: readonly BudgetShare[]): Promise<Map<string, { granted: number; waitSeconds: number }>> {
    const rows = await this.database.query<{ sender: string; granted: number; owed_seconds: number }>(TAKE, [
      asked.map(({ sender }) => sender),
      asked.map(({ budget }) => budget),
      asked.map(({ events }) => events),
      PERIOD_SECONDS,
    ]);
    const budgets = new Map(asked.map(({ sender, budget }) => [sender, budget]));
    return new Map(
      rows.map(({ sender, granted, owed_seconds: owed }) => [
        sender,
        { granted, waitSeconds: Math.max(0, owed + PERIOD_SECONDS / budgets.get(sender)! - PERIOD_SECONDS) },
      ]),
    );
  }

  /** Forgets some budgets that are whole; returns how many. */
  async purge(limit: number): Promise<number> {
    return (await this.database.query(PURGE, [limit])).length;
  }
}
