import { ACCESS_MATRIX, ALL_PERMISSIONS, roleHas, ROLES } from './access-matrix';

describe('the access matrix', () => {
  it('gives the admin everything', () => {
    expect(new Set(ACCESS_MATRIX.admin)).toEqual(new Set(ALL_PERMISSIONS));
  });

  it('lets a viewer read, and nothing else', () => {
    expect(ACCESS_MATRIX.viewer.filter((permission) => !permission.endsWith(':read'))).toEqual([]);
  });

  it.each([
    ['user', 'viewer'],
    ['analyst', 'user'],
    ['operator', 'analyst'],
    ['admin', 'operator'],
  ] as const)('gives the %s all that the %s has', (greater, lesser) => {
    expect(ACCESS_MATRIX[lesser].filter((permission) => !roleHas(greater, permission))).toEqual([]);
  });

  it('lets whoever registers report anomalies, but not change them', () => {
    expect(roleHas('user', 'anomalies:create')).toBe(true);
    expect(roleHas('user', 'anomalies:update')).toBe(false);
  });

  it.each(['users:manage', 'keys:manage', 'egress:manage', 'system:manage', 'audit:read'] as const)(
    'keeps %s for admins',
    (permission) => {
      expect(ROLES.filter((role) => roleHas(role, permission))).toEqual(['admin']);
    },
  );
});
