import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { Database } from '../../database/database';
import { Outbox } from '../deliveries/outbox.service';
import type { NotificationEndpoint } from '../endpoints/endpoint.entity';
import { EndpointRepository } from '../endpoints/endpoint.repository';
import { digestOf, divide } from './digest';
import { DigestRepository, DueGroup, Gathered, NOTICES_A_MESSAGE } from './digest.repository';

/** Tells what has waited for company long enough. */
@Injectable()
export class DigestTelling {
  constructor(
    private readonly digests: DigestRepository,
    private readonly endpoints: EndpointRepository,
    private readonly outbox: Outbox,
    private readonly database: Database,
  ) {}

  /** One group after the other, each in a transaction: whoever dies in it has told nothing. */
  async tellDue(): Promise<void> {
    while (await this.tellNext());
  }

  private tellNext(): Promise<boolean> {
    return this.database.run(async () => {
      const group = await this.digests.lockDue();
      if (group === null) return false;
      const endpoint = await this.endpoints.find(group.endpointId);
      // It went with the endpoint.
      if (endpoint === null) return true;
      const gathered = await this.digests.listGathered(group);
      const { ready, held, heldUntil } = divide(gathered, endpoint.quietHours, group.now);
      await this.tell(endpoint, group, ready);
      const isMore = gathered.length === NOTICES_A_MESSAGE && held.length === 0;
      await this.digests.settle(group, isMore ? group.now : heldUntil, ready.length > 0);
      if (heldUntil !== null) await this.digests.hold(group, heldUntil);
      return true;
    });
  }

  /** What found no company is told as if it had never waited. */
  private async tell(
    endpoint: NotificationEndpoint,
    { shared }: DueGroup,
    ready: readonly Gathered[],
  ): Promise<void> {
    if (ready.length === 0) return;
    if (ready.length === 1) return this.digests.release(ready[0].id);
    const members = ready.map(({ at, notice }) => ({ at: at.toISOString(), notice }));
    const digest = digestOf(`digest:${randomUUID()}`, shared, members);
    const id = await this.outbox.putDigest(endpoint, digest);
    await this.digests.tellTogether(
      ready.map((row) => row.id),
      id,
    );
  }
}
