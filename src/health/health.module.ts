import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';

import { AuthModule } from '../auth/auth.module';
import { AboutController } from './about.controller';
import { AlertWatch } from './alert-watch';
import { AlertsController } from './alerts.controller';
import { Components } from './components';
import { DatabaseFactsReader } from './database-facts';
import { DatabaseProbe } from './database-probe';
import { DatabaseStatusController } from './database-status.controller';
import { HealthMetrics } from './health-metrics';
import { LogsController } from './logs.controller';
import { MetricsController } from './metrics.controller';
import { MonitoringController } from './monitoring.controller';
import { ProbeController } from './probe.controller';
import { ProcessReport } from './process-report';
import { ProductMap } from './product-map';
import { QueueCounts } from './queue-counts';
import { Readiness } from './readiness';
import { SystemSampler } from './system-sampler';

/** Whether the product is well, and its own numbers. */
@Global()
@Module({
  imports: [DiscoveryModule, AuthModule],
  controllers: [
    ProbeController,
    AboutController,
    MetricsController,
    DatabaseStatusController,
    MonitoringController,
    AlertsController,
    LogsController,
  ],
  providers: [
    AlertWatch,
    Components,
    DatabaseFactsReader,
    DatabaseProbe,
    HealthMetrics,
    ProcessReport,
    ProductMap,
    QueueCounts,
    Readiness,
    SystemSampler,
  ],
  exports: [Readiness, Components],
})
export class HealthModule {}
