import { callerOf } from './caller';
import { Principal } from './principal';

const principal = (kind: 'user' | 'api_key', id: number): Principal => ({
  actor: { kind, id, name: 'somebody' },
  userId: 1,
  role: 'user',
  permissions: new Set(),
});

describe('a caller', () => {
  it('is the user or the key, wherever they call from', () => {
    expect(callerOf({ principal: principal('user', 7), ip: '192.0.2.1' })).toBe('user:7');
    expect(callerOf({ principal: principal('api_key', 7), ip: '192.0.2.1' })).toBe('api_key:7');
  });

  it.each([
    ['192.0.2.1', 'address:192.0.2.1'],
    ['::ffff:192.0.2.1', 'address:192.0.2.1'],
    ['2001:db8:1:2:3::4', 'address:2001:db8:1:2::/64'],
  ])('who is a stranger is the address %s', (ip, caller) => {
    expect(callerOf({ principal: null, ip })).toBe(caller);
  });
});
