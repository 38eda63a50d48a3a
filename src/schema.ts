import { DataSource } from 'typeorm';

import { Audit1764000000001 } from '../migrations/1764000000001-audit';
import { Auth1764000000002 } from '../migrations/1764000000002-auth';
import { Anomaly1764000000003 } from '../migrations/1764000000003-anomaly';
import { Telemetry1764000000004 } from '../migrations/1764000000004-telemetry';
import { Egress1764000000005 } from '../migrations/1764000000005-egress';
import { Detection1764000000006 } from '../migrations/1764000000006-detection';
import { AuditChain1764000000007 } from '../migrations/1764000000007-audit-chain';
import { IdempotencyAndLimits1764000000008 } from '../migrations/1764000000008-idempotency-and-limits';
import { Retention1764000000009 } from '../migrations/1764000000009-retention';
import { Alerts1764000000010 } from '../migrations/1764000000010-alerts';
import { Integrations1764000000011 } from '../migrations/1764000000011-integrations';
import { Incidents1764000000012 } from '../migrations/1764000000012-incidents';
import { DetectionGroups1764000000013 } from '../migrations/1764000000013-detection-groups';
import { SettlingAndMerging1764000000014 } from '../migrations/1764000000014-settling-and-merging';
import { EventBudgets1764000000015 } from '../migrations/1764000000015-event-budgets';
import { RemediationTargets1764000000017 } from '../migrations/1764000000017-remediation-targets';
import { Runbooks1764000000018 } from '../migrations/1764000000018-runbooks';
import { Remediation1764000000019 } from '../migrations/1764000000019-remediation';
import { RemediationRetention1764000000020 } from '../migrations/1764000000020-remediation-retention';
import { Notifications1764000000021 } from '../migrations/1764000000021-notifications';
import { RemediationSchedules1764000000022 } from '../migrations/1764000000022-remediation-schedules';
import { AnomalyCursors1764000000023 } from '../migrations/1764000000023-anomaly-cursors';
import { Verification1764000000024 } from '../migrations/1764000000024-verification';
import { Autonomy1764000000025 } from '../migrations/1764000000025-autonomy';
import { NotificationDigests1764000000026 } from '../migrations/1764000000026-notification-digests';
import { FreezeCalendars1764000000027 } from '../migrations/1764000000027-freeze-calendars';
import { EvidenceOfRemedies1764000000028 } from '../migrations/1764000000028-evidence-of-remedies';
import { ANOMALY_ENTITIES } from './anomaly/anomaly.entities';
import { AuditEntry } from './audit/audit.entity';
import { AUTH_ENTITIES } from './auth/auth.entities';
import { EgressRuleEntity } from './egress/egress-rule.entity';
import { ML_ENTITIES } from './ml/ml.entities';
import { NOTIFICATION_ENTITIES } from './notification/notification.entities';
import { REMEDIATION_ENTITIES } from './remediation/remediation.entities';
import { TELEMETRY_ENTITIES } from './telemetry/telemetry.entities';

/** Every table's entity; a test compares them with the migrated schema. */
export const ENTITIES = [
  AuditEntry,
  ...AUTH_ENTITIES,
  EgressRuleEntity,
  ...TELEMETRY_ENTITIES,
  ...ML_ENTITIES,
  ...ANOMALY_ENTITIES,
  ...REMEDIATION_ENTITIES,
  ...NOTIFICATION_ENTITIES,
];

/** Every migration, in the order in which they run. */
export const MIGRATIONS = [
  Audit1764000000001,
  Auth1764000000002,
  Anomaly1764000000003,
  Telemetry1764000000004,
  Egress1764000000005,
  Detection1764000000006,
  AuditChain1764000000007,
  IdempotencyAndLimits1764000000008,
  Retention1764000000009,
  Alerts1764000000010,
  Integrations1764000000011,
  Incidents1764000000012,
  DetectionGroups1764000000013,
  SettlingAndMerging1764000000014,
  EventBudgets1764000000015,
  RemediationTargets1764000000017,
  Runbooks1764000000018,
  Remediation1764000000019,
  RemediationRetention1764000000020,
  Notifications1764000000021,
  RemediationSchedules1764000000022,
  AnomalyCursors1764000000023,
  Verification1764000000024,
  Autonomy1764000000025,
  NotificationDigests1764000000026,
  FreezeCalendars1764000000027,
  EvidenceOfRemedies1764000000028,
];

/** For the migration command line: `DATABASE_URL=... npx typeorm migration:show -d dist/src/schema.js`. */
export default new DataSource({
  type: 'postgres',
  url: process.env.DATABASE_URL,
  entities: ENTITIES,
  migrations: MIGRATIONS,
  migrationsTableName: 'migrations',
});
