import { EnvChoice, EnvFlag, EnvInteger, EnvList, EnvPlace, EnvProxies, EnvText } from './environment';
import { MAIL_SECURITIES, type MailSecurity } from './mail-faults';
import { RETENTION } from './retention-limits';
import type { TrustedProxies } from './trusted-proxies';

/** What a limit of requests a minute may be. */
const REQUESTS = { min: 0, max: 10_000_000 };

export class ServerConfig {
  @EnvText('HOST', { default: '0.0.0.0', description: 'Address to listen on' })
  readonly host: string;

  @EnvInteger(
    'PORT',
    { min: 0, max: 65_535 },
    { default: '5000', description: 'Port to listen on; 0 takes a free one' },
  )
  readonly port: number;

  @EnvChoice('NODE_ROLE', ['all', 'api', 'worker'], {
    default: 'all',
    description:
      'What this process does: answer requests (api), run jobs, collectors and detection (worker), or both (all)',
  })
  readonly role: 'all' | 'api' | 'worker';

  @EnvList('CORS_ORIGINS', {
    default: 'http://localhost:3000',
    description: 'Browser origins that may call the API, comma-separated',
  })
  readonly corsOrigins: readonly string[];

  @EnvProxies('TRUST_PROXY', {
    default: 'false',
    description:
      "Take the caller's address from X-Forwarded-For: behind one proxy true, behind more their number, or their addresses",
  })
  readonly trustedProxies: TrustedProxies;

  @EnvPlace('PUBLIC_URL', {
    default: '',
    description:
      'Where people reach this server, as https://ops.example.org; notifications then link to what they are about',
  })
  readonly publicUrl: string;

  @EnvFlag('DOCS_PUBLIC', {
    default: 'true',
    description: 'Serve Swagger UI and the OpenAPI document without a token',
  })
  readonly docsPublic: boolean;

  @EnvFlag('METRICS_PUBLIC', { default: 'true', description: 'Serve /metrics without a token' })
  readonly metricsPublic: boolean;

  @EnvInteger(
    'DRAIN_SECONDS',
    { min: 0, max: 10 },
    {
      default: '2',
      description:
        'How long a server that stops goes on serving connections while /readyz says 503: longer than a balancer takes to notice',
    },
  )
  readonly drainSeconds: number;
}

export class LogConfig {
  @EnvChoice('LOG_LEVEL', ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    default: 'info',
    description: 'Least severe level that is logged',
  })
  readonly level: string;
}

export class DatabaseConfig {
  @EnvText('DATABASE_URL', {
    secret: true,
    description:
      'PostgreSQL 15 or later; without it a PostgreSQL of our own runs on DATA_DIR (role all only)',
  })
  readonly url?: string;

  @EnvText('DATA_DIR', {
    default: './.data',
    description: 'Where the embedded PostgreSQL and generated secrets live',
  })
  readonly dataDir: string;

  @EnvInteger(
    'DATABASE_POOL_SIZE',
    { min: 4, max: 200 },
    { default: '16', description: 'Connections this process may hold' },
  )
  readonly poolSize: number;
}

export class AuthConfig {
  @EnvText('ADMIN_USERNAME', {
    default: 'admin',
    description: 'Name of the admin that the first start creates',
  })
  readonly adminUsername: string;

  @EnvText('ADMIN_PASSWORD', {
    secret: true,
    description: 'Password of that admin; without it a random one is printed once',
  })
  readonly adminPassword?: string;

  @EnvText('JWT_SECRET', {
    secret: true,
    description:
      'Signs access tokens, at least 32 bytes; generated and kept in DATA_DIR where the embedded PostgreSQL is used',
  })
  readonly jwtSecret?: string;

  @EnvText('SECRETS_KEY', {
    secret: true,
    description:
      'Seals the secrets of senders, targets and endpoints in the database, at least 32 bytes; JWT_SECRET does where it is left out',
  })
  readonly secretsKey?: string;

  @EnvText('SECRETS_KEY_PREVIOUS', {
    secret: true,
    description:
      'What SECRETS_KEY (or JWT_SECRET in its place) was before: what is sealed with it still opens, and is sealed anew at the start',
  })
  readonly secretsKeyPrevious?: string;

  @EnvChoice('REGISTRATION', ['open', 'closed'], {
    default: 'open',
    description: 'Whether strangers may register (role user)',
  })
  readonly registration: 'open' | 'closed';
}

/** Requests a minute; 0 is no limit. */
export class LimitsConfig {
  @EnvInteger('RATE_LIMIT_GENERAL', REQUESTS, {
    default: '100',
    description:
      'Requests a minute of a user or key; 0 is no limit. Intake, health, metrics and docs have none',
  })
  readonly general: number;

  @EnvInteger('RATE_LIMIT_AI', REQUESTS, {
    default: '20',
    description: 'The same for what asks the detectors and the models (/api/ml, /api/ai)',
  })
  readonly ai: number;

  @EnvInteger('RATE_LIMIT_ADMIN', REQUESTS, {
    default: '50',
    description: 'The same for administration: users, keys, egress, jobs, logs',
  })
  readonly admin: number;

  @EnvInteger('RATE_LIMIT_AUTH', REQUESTS, {
    default: '5',
    description:
      'Logins, registrations and refreshes a minute of an address, password changes of a user; 0 is no limit',
  })
  readonly auth: number;
}

export class TelemetryConfig {
  @EnvFlag('HOST_COLLECTOR', { default: 'true', description: 'Measure this machine and our own Postgres' })
  readonly hostCollector: boolean;

  @EnvInteger(
    'COLLECTOR_INTERVAL_SECONDS',
    { min: 1, max: 3_600 },
    { default: '5', description: 'How often the host collector measures' },
  )
  readonly collectorIntervalSeconds: number;

  @EnvInteger(
    'ALERT_RESOLVE_TIMEOUT_SECONDS',
    { min: 10, max: 86_400 },
    {
      default: '300',
      description: 'After how long a repeated alert that states no end is over when it is not told again',
    },
  )
  readonly alertResolveTimeoutSeconds: number;
}

/** Days that each class of rows is kept; what never goes stands with each class. */
export class RetentionConfig {
  @EnvInteger(RETENTION.samples.setting, RETENTION.samples, {
    default: '30',
    description: 'Days that live samples are kept (1 to 3650); imports are kept for good',
  })
  readonly sampleDays: number;

  @EnvInteger(RETENTION.anomalies.setting, RETENTION.anomalies, {
    default: '365',
    description:
      'Days after the last change that an anomaly that is over or hidden is kept (7 to 3650); others stay',
  })
  readonly anomalyDays: number;

  @EnvInteger(RETENTION.history.setting, RETENTION.history, {
    default: '365',
    description: 'Days that history and comments of anomalies that are over are kept (30 to 3650)',
  })
  readonly historyDays: number;

  @EnvInteger(RETENTION.remediation.setting, RETENTION.remediation, {
    default: '365',
    description:
      'Days after its last change that a remediation action that is over or hidden is kept (30 to 3650); others stay',
  })
  readonly remediationDays: number;

  @EnvInteger(RETENTION.evidence.setting, RETENTION.evidence, {
    default: '730',
    description:
      'Days that what was learnt of remedies is kept (90 to 3650): whether each has helped, which outlives its action',
  })
  readonly evidenceDays: number;

  @EnvInteger(RETENTION.audit.setting, RETENTION.audit, {
    default: '400',
    description: 'Days after its sealing that a row of the audit log is kept (90 to 3650)',
  })
  readonly auditDays: number;

  @EnvInteger(RETENTION.events.setting, RETENTION.events, {
    default: '90',
    description:
      'Days that alerts that are over, ended silences, changes and deliveries of notifications are kept (7 to 3650)',
  })
  readonly eventDays: number;

  @EnvInteger(RETENTION.jobs.setting, RETENTION.jobs, {
    default: '14',
    description: 'Days that finished jobs and dead letters are kept (1 to 365); waiting jobs stay',
  })
  readonly jobDays: number;
}

export class DetectionConfig {
  @EnvInteger(
    'DETECTOR_FULL_SERIES',
    { min: 0, max: 200_000 },
    {
      default: '5000',
      description:
        'Series that get the full detector (about 40 KB each), in all processes together; the rest get the light one',
    },
  )
  readonly fullSeries: number;

  @EnvChoice('DETECTOR_PRESET', ['quiet', 'normal', 'sensitive'], {
    default: 'normal',
    description: 'Sensitivity of series that have no setting of their own',
  })
  readonly preset: 'quiet' | 'normal' | 'sensitive';
}

export class IncidentConfig {
  @EnvList('INCIDENT_GROUP_LABELS', {
    default: 'service,job+namespace,job,alertname,host',
    description:
      'What anomalies of one incident share: the first of these labels that is there (those joined by + count together), else all labels',
  })
  readonly groupLabels: readonly string[];

  @EnvInteger(
    'INCIDENT_WINDOW_SECONDS',
    { min: 1, max: 86_400 },
    { default: '600', description: 'How long after its last activity an incident takes anomalies in' },
  )
  readonly windowSeconds: number;

  @EnvInteger(
    'INCIDENT_REOPEN_SECONDS',
    { min: 0, max: 86_400 },
    {
      default: '900',
      description:
        'How long after its resolution an anomaly of its group reopens an incident; a later one opens another',
    },
  )
  readonly reopenSeconds: number;

  @EnvInteger(
    'INCIDENTS_A_MINUTE',
    { min: 1, max: 10_000 },
    {
      default: '50',
      description: 'How many incidents may open within a minute; what comes beyond is one more, the storm',
    },
  )
  readonly perMinute: number;
}

export class ChangeConfig {
  @EnvInteger(
    'CHANGE_SETTLE_SECONDS',
    { min: 0, max: 14_400 },
    {
      default: '900',
      description:
        'How long after a change that does not say it itself detection on the service opens anomalies only where they are critical',
    },
  )
  readonly usualSeconds: number;

  @EnvInteger(
    'CHANGE_SETTLE_MAX_SECONDS',
    { min: 0, max: 14_400 },
    {
      default: '3600',
      description:
        'The longest that a change may ask for, and that changes together hold what goes on; 0 switches it off',
    },
  )
  readonly longestSeconds: number;
}

export class RemediationConfig {
  @EnvFlag('REMEDIATION_FOUR_EYES', {
    default: 'true',
    description: 'Whether somebody else than whoever asked for an action has to approve it',
  })
  readonly fourEyes: boolean;

  @EnvText('REMEDIATION_SCRIPTS', {
    default: '',
    description:
      'A JSON file with the scripts that remediation may run on this machine, each by its path, digest and arguments; empty: none may',
  })
  readonly scripts: string;
}

/** The server that mails are handed to; without a host none are sent. */
export class MailConfig {
  @EnvText('SMTP_HOST', {
    default: '',
    description: 'Mail server that notifications by e-mail are handed to; empty: there are none',
  })
  readonly host: string;

  @EnvInteger(
    'SMTP_PORT',
    { min: 1, max: 65_535 },
    { default: '587', description: 'Its port: 587 usually with starttls, 465 with tls' },
  )
  readonly port: number;

  @EnvChoice('SMTP_SECURITY', MAIL_SECURITIES, {
    default: 'starttls',
    description:
      'TLS from the start (tls) or once connected (starttls), either way required; none is only for a server on this machine',
  })
  readonly security: MailSecurity;

  @EnvText('SMTP_USER', {
    default: '',
    description: 'User to log in to the mail server as; empty: no log-in',
  })
  readonly user: string;

  @EnvText('SMTP_PASSWORD', { secret: true, description: 'Password of that user' })
  readonly password?: string;

  @EnvText('SMTP_FROM', {
    default: '',
    description: 'Sender of mails, where an endpoint states none; needed where there is a mail server',
  })
  readonly from: string;
}

/** Every section, in the order in which the README lists them. */
export const SECTIONS = [
  ServerConfig,
  LogConfig,
  DatabaseConfig,
  AuthConfig,
  LimitsConfig,
  TelemetryConfig,
  RetentionConfig,
  DetectionConfig,
  IncidentConfig,
  ChangeConfig,
  RemediationConfig,
  MailConfig,
] as const;
