/** Every permission that a route can ask for, and what it lets its holder do. */
export const PERMISSIONS = {
  'anomalies:read': 'See anomalies, their history, statistics, reports, exports and the live stream',
  'anomalies:create': 'Report anomalies',
  'anomalies:update': 'Edit, acknowledge, resolve, dismiss and comment on anomalies',
  'anomalies:delete': 'Hide anomalies',
  'telemetry:read': 'See series and query samples',
  'telemetry:write': 'Send samples and imports',
  'telemetry:manage': 'Add and remove scrape targets, delete series',
  'silences:manage':
    'Silence alerts, plan maintenance, state what hides what and which service depends on which',
  'alerts:read': 'See alerts, silences, maintenance windows, changes and heartbeats',
  'alerts:write': 'Send alerts, changes and heartbeats',
  'integrations:read': 'See integrations, and how they are doing',
  'integrations:manage': 'Add, change and remove integrations; see, replay and drop quarantined events',
  'heartbeats:manage': 'Say which heartbeats are waited for',
  'ml:read': 'See detectors, their bands and explanations',
  'ml:tune': 'Set the sensitivity of detectors, pause and resume them',
  'remediation:read': 'See actions, their approvals, logs and targets, runbooks and rules',
  'remediation:propose': 'Propose, edit and hide actions; ask what would be chosen',
  'remediation:approve': 'Approve and reject actions, say what became of one that is unknown',
  'remediation:execute': 'Execute and cancel actions; freeze remediation as a whole',
  'policies:manage':
    'Say what may run without approval, the limits of remediation, runbooks and rules; end a freeze',
  'targets:manage': 'Say what can be acted on, and with which credentials',
  'notifications:read': 'See who is told of what, and what became of it',
  'notifications:manage': 'Say who is told of what; send tests, and deliveries again',
  'system:read': 'See status, metrics and health in detail',
  'system:manage': 'See logs, database details, storage and jobs; redrive dead letters, run retention',
  'audit:read': 'See who did what, and verify that the audit log is as it was written',
  'egress:manage': 'Say which hosts the product may call',
  'users:manage': 'See, change and disable users',
  'keys:manage': 'Create and revoke API keys',
} as const satisfies Record<string, string>;

export type Permission = keyof typeof PERMISSIONS;

export const ALL_PERMISSIONS = Object.keys(PERMISSIONS) as readonly Permission[];

export const ROLES = ['admin', 'operator', 'analyst', 'viewer', 'user'] as const;
export type Role = (typeof ROLES)[number];

const VIEWER: readonly Permission[] = [
  'anomalies:read',
  'telemetry:read',
  'alerts:read',
  'ml:read',
  'remediation:read',
  'notifications:read',
  'system:read',
];
const USER: readonly Permission[] = [...VIEWER, 'anomalies:create'];
const ANALYST: readonly Permission[] = [...USER, 'anomalies:update', 'ml:tune'];
const OPERATOR: readonly Permission[] = [
  ...ANALYST,
  'anomalies:delete',
  'telemetry:write',
  'alerts:write',
  'silences:manage',
  'integrations:read',
  'heartbeats:manage',
  'remediation:propose',
  'remediation:approve',
  'remediation:execute',
];

/** Who may do what: the access matrix, served at `GET /api/auth/permissions`. */
export const ACCESS_MATRIX = {
  admin: ALL_PERMISSIONS,
  operator: OPERATOR,
  analyst: ANALYST,
  viewer: VIEWER,
  user: USER,
} as const satisfies Record<Role, readonly Permission[]>;

/** Whether a role holds a permission. */
export function roleHas(role: Role, permission: Permission): boolean {
  return ACCESS_MATRIX[role].includes(permission);
}
