import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';

import { ConfigurationError, readSection } from './environment';
import { mailFaults } from './mail-faults';
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

/** The whole configuration, validated and frozen. */
export interface Config {
  readonly server: ServerConfig;
  readonly log: LogConfig;
  readonly database: DatabaseConfig;
  readonly auth: AuthConfig;
  readonly limits: LimitsConfig;
  readonly telemetry: TelemetryConfig;
  readonly retention: RetentionConfig;
  readonly detection: DetectionConfig;
  readonly incidents: IncidentConfig;
  readonly changes: ChangeConfig;
  readonly remediation: RemediationConfig;
  readonly mail: MailConfig;
}

const MIN_SECRET_BYTES = 32;

/**
 * Reads the configuration from variables; the only reader of `process.env` is `loadConfig` below.
 * Throws  ConfigurationError naming every fault at once.
 */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const faults: string[] = [];
  const config = {
    server: readSection(ServerConfig, environment, faults),
    log: readSection(LogConfig, environment, faults),
    database: readSection(DatabaseConfig, environment, faults),
    auth: readSection(AuthConfig, environment, faults),
    limits: readSection(LimitsConfig, environment, faults),
    telemetry: readSection(TelemetryConfig, environment, faults),
    retention: readSection(RetentionConfig, environment, faults),
    detection: readSection(DetectionConfig, environment, faults),
    incidents: readSection(IncidentConfig, environment, faults),
    changes: readSection(ChangeConfig, environment, faults),
    remediation: readSection(RemediationConfig, environment, faults),
    mail: readSection(MailConfig, environment, faults),
  };
  const { jwtSecret, secretsKey, secretsKeyPrevious } = config.auth;
  const keys = {
    JWT_SECRET: jwtSecret,
    SECRETS_KEY: secretsKey,
    SECRETS_KEY_PREVIOUS: secretsKeyPrevious,
  };
  for (const [name, secret] of Object.entries(keys))
    if (secret !== undefined && Buffer.byteLength(secret) < MIN_SECRET_BYTES)
      faults.push(`${name} must be at least ${MIN_SECRET_BYTES} bytes long`);
  if (
    config.database.url !== undefined &&
    jwtSecret === undefined &&
    !faults.some((fault) => fault.startsWith('JWT_SECRET'))
  ) {
    faults.push('JWT_SECRET must be set where DATABASE_URL is, so that every process signs alike');
  }
  faults.push(...mailFaults(config.mail));
  const isGroup = config.server.role === 'api' || config.server.role === 'worker';
  if (config.database.url === undefined && isGroup) {
    faults.push('NODE_ROLE other than all needs a DATABASE_URL: the embedded PostgreSQL serves one process');
  }
  if (faults.length > 0) throw new ConfigurationError(faults);
  return Object.freeze(config);
}

/** The configuration of this process: `.env` where there is one, the real environment winning. */
export function loadConfig(): Config {
  if (existsSync('.env')) loadEnvFile('.env');
  return readConfig(process.env);
}
