import { Injectable } from '@nestjs/common';

import { Database } from '../../database/database';
import { Outbox } from '../deliveries/outbox.service';
import { EndpointRepository } from '../endpoints/endpoint.repository';
import { tellAt } from '../endpoints/quiet-hours';
import { Openings } from '../notices/openings.service';
import { decideRepeat, repeatOf, Situation } from './repeat';
import { DueRepeat, RepeatRepository } from './repeat.repository';

/** Tells again, and how often it has been told, what goes on and nobody has taken on. */
@Injectable()
export class RepeatTelling {
  constructor(
    private readonly repeats: RepeatRepository,
    private readonly openings: Openings,
    private readonly endpoints: EndpointRepository,
    private readonly outbox: Outbox,
    private readonly database: Database,
  ) {}

  /** One after the other, each in a transaction: its next time moves with the delivery that is made. */
  async tellDue(): Promise<void> {
    while (await this.tellNext());
  }

  private tellNext(): Promise<boolean> {
    return this.database.run(async () => {
      const due = await this.repeats.lockDue();
      if (due === null) return false;
      await this.settle(due);
      return true;
    });
  }

  private async settle(due: DueRepeat): Promise<void> {
    const endpoint = await this.endpoints.find(due.endpointId);
    // It went with the endpoint.
    if (endpoint === null) return;
    const opening = await this.openings.find(due.kind, due.subjectId);
    const isOpen = opening !== null && !opening.isTakenOn && this.outbox.wants(endpoint, opening.notice);
    const last = await this.repeats.findLastTold(due);
    const situation: Situation = {
      now: due.now,
      intervalSeconds: endpoint.repeatIntervalSeconds,
      notice: isOpen ? opening.notice : null,
      isQuiet: opening?.isQuiet ?? false,
      tellAt: tellAt(endpoint.quietHours, opening?.notice.severity ?? null, due.now),
      isUnderWay: last !== null && last.endedAt === null,
      lastToldAt: last?.endedAt ?? null,
    };
    const decision = decideRepeat(situation);
    switch (decision.kind) {
      case 'forget':
        return this.repeats.forget(due);
      case 'wait':
        return this.repeats.postpone(due, decision.until, due.toldAgain);
      case 'tell': {
        const toldAgain = due.toldAgain + 1;
        await this.outbox.put(endpoint, repeatOf(decision.notice, due.openingKey, toldAgain));
        return this.repeats.postpone(due, decision.next, toldAgain);
      }
    }
  }
}
