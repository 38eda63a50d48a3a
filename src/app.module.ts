import { DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import type { Logger } from 'pino';

import { AnomalyModule } from './anomaly/anomaly.module';
import { AuditModule } from './audit/audit.module';
import { AccessGuard } from './auth/access.guard';
import { AuthModule } from './auth/auth.module';
import { keepAnswersOfPosts } from './auth/idempotent-posts';
import { RateGuard } from './auth/rate.guard';
import { ErrorFilter } from './common/errors/error.filter';
import { RouteTable } from './common/http/route-table';
import { ValidationPipe } from './common/http/validation.pipe';
import { ClockModule } from './common/time/clock.module';
import { Config } from './config/config';
import { ConfigModule } from './config/config.module';
import { DatabaseModule } from './database/database.module';
import { EgressModule } from './egress/egress.module';
import { EventsModule } from './events/events.module';
import { HealthModule } from './health/health.module';
import { JobsModule } from './jobs/jobs.module';
import { MlModule } from './ml/ml.module';
import { NotificationModule } from './notification/notification.module';
import { LogTail } from './observability/log-tail';
import { ObservabilityModule } from './observability/observability.module';
import { RemediationModule } from './remediation/remediation.module';
import { RetentionModule } from './retention/retention.module';
import { ENTITIES } from './schema';
import { TelemetryModule } from './telemetry/telemetry.module';

/** The whole product: foundation first, then the domains in the order in which data flows. */
@Module({})
export class AppModule {
  static of(
    config: Config,
    databaseUrl: string,
    routes: RouteTable,
    logger: Logger,
    tail: LogTail,
  ): DynamicModule {
    const imports = [
      ClockModule,
      ConfigModule.of(config),
      ObservabilityModule.of(logger, tail),
      DatabaseModule.of(databaseUrl, ENTITIES),
      AuditModule,
      AuthModule,
      EgressModule,
      JobsModule,
      EventsModule,
      RetentionModule,
      HealthModule,
      TelemetryModule,
      MlModule,
      AnomalyModule,
      RemediationModule,
      NotificationModule,
    ];
    keepAnswersOfPosts(imports);
    return {
      module: AppModule,
      imports,
      providers: [
        { provide: APP_PIPE, useClass: ValidationPipe },
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_GUARD, useClass: RateGuard },
        { provide: APP_FILTER, useValue: new ErrorFilter(routes) },
      ],
    };
  }
}
