import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import type { PageRequest } from '../../common/http/pagination';
import { Clock } from '../../common/time/clock';
import { Database } from '../../database/database';
import { TelemetryService } from '../../telemetry/telemetry.service';
import { EndpointNotFound, EndpointOff } from '../endpoints/endpoint.errors';
import { EndpointRepository } from '../endpoints/endpoint.repository';
import { tellAt } from '../endpoints/quiet-hours';
import { messageFor } from '../notices/message';
import { type Notice, testNotice } from '../notices/notice';
import { isWanted } from '../notices/routing';
import { DeliveryAttempt } from './attempt.entity';
import { Delivery } from './delivery.entity';
import { DeliveryNotFound, DeliveryUnderWay } from './delivery.errors';
import { DeliveryFilter, DeliveryRepository } from './delivery.repository';

/** What is on its way to whom, and the log of it. */
@Injectable()
export class DeliveryService {
  constructor(
    private readonly deliveries: DeliveryRepository,
    private readonly endpoints: EndpointRepository,
    private readonly telemetry: TelemetryService,
    private readonly database: Database,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** Makes a delivery for each endpoint that wants to hear of a notice and does not yet; in the open transaction where there is one. */
  tell(notice: Notice): Promise<void> {
    return this.database.run(async () => {
      const now = this.clock.now();
      for (const endpoint of await this.endpoints.listEnabled()) {
        const accepts = this.telemetry.compile(endpoint.matchers);
        if (!isWanted(notice, { ...endpoint, accepts })) continue;
        await this.deliveries.insert({
          endpointId: endpoint.id,
          noticeKey: notice.key,
          type: notice.type,
          body: messageFor(endpoint.kind, notice, now),
          dueAt: tellAt(endpoint.quietHours, notice.severity, now),
        });
      }
    });
  }

  /** Throws  EndpointNotFound, EndpointOff. */
  sendTest(endpointId: number): Promise<Delivery> {
    return this.database.run(async () => {
      const endpoint = await this.endpoints.find(endpointId);
      if (endpoint === null) throw new EndpointNotFound(endpointId);
      if (!endpoint.isEnabled) throw new EndpointOff(endpointId);
      const now = this.clock.now();
      const notice = testNotice(`test:${randomUUID()}`, endpoint.name);
      const id = await this.deliveries.insert({
        endpointId,
        noticeKey: notice.key,
        type: notice.type,
        body: messageFor(endpoint.kind, notice, now),
        dueAt: now,
      });
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
