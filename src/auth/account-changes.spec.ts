import { changesOf, losesAdmin } from './account-changes';

const ADA = { email: 'ada@example.org', role: 'analyst', isActive: true, tokenVersion: 4 } as const;

describe('an edit of an account', () => {
  it('changes nothing where it says what is so already', () => {
    const { changes, endsSessions } = changesOf(ADA, { email: ADA.email, role: ADA.role, isActive: true });
    expect(changes).toEqual({});
    expect(endsSessions).toBe(false);
  });

  it('shows the changed members before and after, and no others', () => {
    const { before, after } = changesOf(ADA, { role: 'operator', email: ADA.email });
    expect([before, after]).toEqual([{ role: 'analyst' }, { role: 'operator' }]);
  });

  it('leaves the sessions alone when the role or the email changes', () => {
    expect(changesOf(ADA, { role: 'viewer', email: 'a@example.org' }).endsSessions).toBe(false);
  });

  it('ends every token when the account is disabled', () => {
    const { changes, endsSessions } = changesOf(ADA, { isActive: false });
    expect(changes).toEqual({ isActive: false, tokenVersion: 5 });
    expect(endsSessions).toBe(true);
  });

  it('ends every token when the password changes, and never shows it', () => {
    const { changes, before, after } = changesOf(ADA, { passwordHash: '$argon2id$new' });
    expect(changes).toEqual({ passwordHash: '$argon2id$new', tokenVersion: 5 });
    expect(JSON.stringify([before, after])).not.toContain('argon2id');
  });

  it('enables an account without giving its old tokens back', () => {
    expect(changesOf({ ...ADA, isActive: false }, { isActive: true }).changes).toEqual({ isActive: true });
  });
});

describe('the right to administer', () => {
  it.each([
    ['admin', true, { role: 'user' }, true],
    ['admin', true, { isActive: false }, true],
    ['admin', true, { role: 'admin', isActive: true }, false],
    ['admin', true, { email: 'x@example.org' }, false],
    ['admin', false, { role: 'user' }, false],
    ['analyst', true, { isActive: false }, false],
  ] as const)('of an %s (active: %s) is lost by %j: %s', (role, isActive, edit, lost) => {
    expect(losesAdmin({ role, isActive }, edit)).toBe(lost);
  });
});
