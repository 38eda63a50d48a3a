import { Injectable } from '@nestjs/common';

import { Clock } from '../../common/time/clock';
import { ServerConfig } from '../../config/sections';
import { Database } from '../../database/database';
import { TelemetryService } from '../../telemetry/telemetry.service';
import { groupOf, waits } from '../digests/digest';
import { DigestRepository } from '../digests/digest.repository';
import type { NotificationEndpoint } from '../endpoints/endpoint.entity';
import { EndpointRepository } from '../endpoints/endpoint.repository';
import { tellAt } from '../endpoints/quiet-hours';
import { type Links, linksOf } from '../notices/link';
import { messageFor } from '../notices/message';
import { afterPrecedents, keysOf, type Notice } from '../notices/notice';
import { isWanted } from '../notices/routing';
import { RepeatRepository } from '../repeats/repeat.repository';
import { DeliveryRepository } from './delivery.repository';

/** Makes deliveries of notices: one for each endpoint that wants to hear and does not know yet. */
@Injectable()
export class Outbox {
  private readonly links: Links;

  constructor(
    private readonly deliveries: DeliveryRepository,
    private readonly digests: DigestRepository,
    private readonly repeats: RepeatRepository,
    private readonly endpoints: EndpointRepository,
    private readonly telemetry: TelemetryService,
    private readonly database: Database,
    private readonly clock: Clock,
    server: ServerConfig,
  ) {
    this.links = linksOf(server.publicUrl);
  }

  /** Tells everybody who is to know of a notice; in the open transaction where there is one. */
  tell(notice: Notice): Promise<void> {
    return this.database.run(async () => {
      for (const endpoint of await this.endpoints.listEnabled()) {
        if (!this.wants(endpoint, notice)) continue;
        const told = await this.deliveries.listTold(endpoint.id, keysOf(notice));
        const news = afterPrecedents(notice, told);
        if (news !== null && (await this.put(endpoint, news)) !== null)
          await this.repeats.begin(endpoint, news);
      }
    });
  }

  wants(endpoint: NotificationEndpoint, notice: Notice): boolean {
    return isWanted(notice, { ...endpoint, accepts: this.telemetry.compile(endpoint.matchers) });
  }

  /** Has a notice told to an endpoint, in company where it states so; returns its delivery's id, null where it is told of it already. */
  put(endpoint: NotificationEndpoint, notice: Notice): Promise<string | null> {
    const now = this.clock.now();
    const body = messageFor(endpoint.kind, notice, this.links, now);
    const { id, digest } = endpoint;
    if (waits(digest, notice))
      return this.digests.gather(id, groupOf(digest.groupBy, notice), digest, notice, body);
    return this.deliveries.insert({
      endpointId: id,
      noticeKey: notice.key,
      type: notice.type,
      body,
      dueAt: notice.type === 'test' ? now : tellAt(endpoint.quietHours, notice.severity, now),
    });
  }

  /** Has several notices told as one, now. Returns its delivery's id. */
  async putDigest(endpoint: NotificationEndpoint, digest: Notice): Promise<string> {
    const now = this.clock.now();
    const id = await this.deliveries.insert({
      endpointId: endpoint.id,
      noticeKey: digest.key,
      type: digest.type,
      body: messageFor(endpoint.kind, digest, this.links, now),
      dueAt: now,
    });
    return String(id);
  }
}
