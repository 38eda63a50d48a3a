import { DynamicModule, Global, Module } from '@nestjs/common';

import { Config } from './config';
import {
  AuthConfig,
  ChangeConfig,
  DatabaseConfig,
  DetectionConfig,
  IncidentConfig,
  LimitsConfig,
  LogConfig,
  MailConfig,
  RemediationConfig,
  RetentionConfig,
  ServerConfig,
  TelemetryConfig,
} from './sections';

/** Provides each section under its own class, so that a collaborator asks for what it needs and no more. */
@Global()
@Module({})
export class ConfigModule {
  static of(config: Config): DynamicModule {
    const providers = [
      { provide: ServerConfig, useValue: config.server },
      { provide: LogConfig, useValue: config.log },
      { provide: DatabaseConfig, useValue: config.database },
      { provide: AuthConfig, useValue: config.auth },
      { provide: LimitsConfig, useValue: config.limits },
      { provide: TelemetryConfig, useValue: config.telemetry },
      { provide: RetentionConfig, useValue: config.retention },
      { provide: DetectionConfig, useValue: config.detection },
      { provide: IncidentConfig, useValue: config.incidents },
      { provide: ChangeConfig, useValue: config.changes },
      { provide: RemediationConfig, useValue: config.remediation },
      { provide: MailConfig, useValue: config.mail },
    ];
    return { module: ConfigModule, providers, exports: providers.map(({ provide }) => provide) };
  }
}
