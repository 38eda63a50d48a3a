import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { AnomalyModule } from '../anomaly/anomaly.module';
import { AuthModule } from '../auth/auth.module';
import { RemediationModule } from '../remediation/remediation.module';
import { TelemetryModule } from '../telemetry/telemetry.module';
import { DeliveryController } from './deliveries/delivery.controller';
import { DeliveryRepository } from './deliveries/delivery.repository';
import { DeliveryService } from './deliveries/delivery.service';
import { DeliveryDispatcher } from './deliveries/delivery-dispatcher.service';
import { DeliveryMetrics } from './deliveries/delivery-metrics.service';
import { DeliveryRetention } from './deliveries/delivery-retention.service';
import { DeliverySender } from './deliveries/delivery-sender.service';
import { DeliverySettlement } from './deliveries/delivery-settlement.service';
import { MailClient } from './deliveries/mail.client';
import { Outbox } from './deliveries/outbox.service';
import { DigestRepository } from './digests/digest.repository';
import { DigestTelling } from './digests/digest-telling.service';
import { EndpointController } from './endpoints/endpoint.controller';
import { EndpointRepository } from './endpoints/endpoint.repository';
import { EndpointService } from './endpoints/endpoint.service';
import { EndpointVault } from './endpoints/endpoint-vault.service';
import { Announcer } from './notices/announcer.service';
import { DueNotices } from './notices/due-notices.service';
import { NoticeSubscriber } from './notices/notice.subscriber';
import { Openings } from './notices/openings.service';
import { NOTIFICATION_ENTITIES } from './notification.entities';
import { RepeatRepository } from './repeats/repeat.repository';
import { RepeatTelling } from './repeats/repeat-telling.service';

@Module({
  imports: [
    TypeOrmModule.forFeature(NOTIFICATION_ENTITIES),
    AuthModule,
    TelemetryModule,
    AnomalyModule,
    RemediationModule,
  ],
  controllers: [EndpointController, DeliveryController],
  providers: [
    EndpointRepository,
    EndpointService,
    EndpointVault,
    DeliveryRepository,
    DeliveryService,
    DeliverySender,
    DeliverySettlement,
    DeliveryDispatcher,
    DeliveryRetention,
    DeliveryMetrics,
    MailClient,
    Outbox,
    DigestRepository,
    DigestTelling,
    RepeatRepository,
    RepeatTelling,
    DueNotices,
    Openings,
    Announcer,
    NoticeSubscriber,
  ],
})
export class NotificationModule {}
