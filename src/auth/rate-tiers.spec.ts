import { tierOf } from './rate-tiers';

describe('the tier of a route', () => {
  it.each([
    ['anomalies:read', 'general'],
    ['telemetry:manage', 'general'],
    ['ml:read', 'ai'],
    ['ml:tune', 'ai'],
    ['users:manage', 'admin'],
    ['keys:manage', 'admin'],
    ['egress:manage', 'admin'],
    ['system:manage', 'admin'],
    ['telemetry:write', null],
  ] as const)('that needs %s is %s', (permission, tier) => {
    expect(tierOf({ kind: 'permission', permission })).toBe(tier);
  });

  it('that anybody signed in may call is general, and one that anybody may call is not counted', () => {
    expect(tierOf({ kind: 'authenticated' })).toBe('general');
    expect(tierOf({ kind: 'public' })).toBeNull();
  });
});
