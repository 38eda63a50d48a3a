import type { Access } from './access';
import { Permission } from './access-matrix';

/** The kinds of requests that are counted apart, each with a limit of its own (`RATE_LIMIT_*`). */
export const RATE_TIERS = ['general', 'ai', 'admin', 'auth'] as const;
export type RateTier = (typeof RATE_TIERS)[number];

/**
 * What the routes of a permission count as; null where they are not counted: intake answers for what its senders cannot
 * hold back, and has budgets of its own.
 */
const TIER_OF_PERMISSION = {
  'anomalies:read': 'general',
  'anomalies:create': 'general',
  'anomalies:update': 'general',
  'anomalies:delete': 'general',
  'telemetry:read': 'general',
  'telemetry:write': null,
  'telemetry:manage': 'general',
  'alerts:read': 'general',
  'alerts:write': null,
  'silences:manage': 'general',
  'integrations:read': 'general',
  'integrations:manage': 'admin',
  'heartbeats:manage': 'general',
  'ml:read': 'ai',
  'ml:tune': 'ai',
  'remediation:read': 'general',
  'remediation:propose': 'general',
  'remediation:approve': 'general',
  'remediation:execute': 'general',
  'policies:manage': 'admin',
  'targets:manage': 'admin',
  'notifications:read': 'general',
  'notifications:manage': 'admin',
  'system:read': 'general',
  'system:manage': 'admin',
  'audit:read': 'admin',
  'egress:manage': 'admin',
  'users:manage': 'admin',
  'keys:manage': 'admin',
} as const satisfies Record<Permission, RateTier | null>;

/**
 * The tier of a route that does not name one. Public ones have none: they are asked by balancers, Prometheus and the page
 * of the documentation, often all from one address, and answer from memory.
 */
export function tierOf(access: Access): RateTier | null {
  switch (access.kind) {
    case 'public':
      return null;
    case 'authenticated':
      return 'general';
    case 'permission':
      return TIER_OF_PERMISSION[access.permission];
  }
}
