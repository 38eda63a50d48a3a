import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import type { PageRequest } from '../../common/http/pagination';
import { Database } from '../../database/database';
import { EndpointNotFound, EndpointOff } from '../endpoints/endpoint.errors';
import { EndpointRepository } from '../endpoints/endpoint.repository';
import { testNotice } from '../notices/notice';
import { DeliveryAttempt } from './attempt.entity';
import { Delivery } from './delivery.entity';
import { DeliveryNotFound, DeliveryUnderWay } from './delivery.errors';
import { DeliveryFilter, DeliveryRepository } from './delivery.repository';
import { Outbox } from './outbox.service';

/** The log of what is on its way to whom, tests, and replays. */
@Injectable()
export class DeliveryService {
  constructor(
    private readonly deliveries: DeliveryRepository,
    private readonly endpoints: EndpointRepository,
    private readonly outbox: Outbox,
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  /** Throws  EndpointNotFound, EndpointOff. */
  sendTest(endpointId: number): Promise<Delivery> {
    return this.database.run(async () => {
      const endpoint = await this.endpoints.find(endpointId);
      if (endpoint === null) throw new EndpointNotFound(endpointId);
      if (!endpoint.isEnabled) throw new EndpointOff(endpointId);
      const id = await this.outbox.put(endpoint, testNotice(`test:${randomUUID()}`, endpoint.name));
      await this.audit.record({
        action: 'notification_endpoint.tested',
        subjectType: 'notification_endpoint',
        subjectId: endpointId,
      });
      return this.get(String(id));
    });
  }

  /**
   * Sends what has ended once more, under the same id, so that a receiver that has it already knows.
   * Throws  DeliveryNotFound, DeliveryUnderWay, EndpointOff.
   */
  replay(id: string): Promise<Delivery> {
    return this.database.run(async () => {
      const delivery = await this.deliveries.lock(id);
      if (delivery === null) throw new DeliveryNotFound(id);
      if (delivery.endedAt === null) throw new DeliveryUnderWay(id);
      const endpoint = await this.endpoints.find(delivery.endpointId);
      if (endpoint?.isEnabled !== true) throw new EndpointOff(delivery.endpointId);
      await this.deliveries.replay(id);
      await this.audit.record({
        action: 'notification_delivery.replayed',
        subjectType: 'notification_delivery',
        subjectId: id,
        before: { state: delivery.state, attempts: delivery.attempts },
      });
      return this.get(id);
    });
  }

  list(filter: DeliveryFilter, page: PageRequest): Promise<[Delivery[], total: number]> {
    return this.deliveries.list(filter, page);
  }

  /** Throws  DeliveryNotFound. */
  async get(id: string): Promise<Delivery> {
    const delivery = await this.deliveries.find(id);
    if (delivery === null) throw new DeliveryNotFound(id);
    return delivery;
  }

  /** In their order. */
  listAttempts(id: string): Promise<DeliveryAttempt[]> {
    return this.deliveries.listAttempts(id);
  }
}
