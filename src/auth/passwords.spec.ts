import { PasswordChecksBusy } from './auth.errors';
import { Passwords } from './passwords';

describe('passwords', () => {
  const passwords = new Passwords();

  beforeAll(() => passwords.onModuleInit());

  it('are kept as argon2id with the cost that OWASP asks for', async () => {
    expect(await passwords.hash('Correct-horse-9')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('match their own hash and no other', async () => {
    const kept = await passwords.hash('Correct-horse-9');
    expect(await passwords.matches('Correct-horse-9', kept)).toBe(true);
    expect(await passwords.matches('correct-horse-9', kept)).toBe(false);
  });

  it('match however the keyboard composed their letters', async () => {
    const kept = await passwords.hash('Gr\u00fc\u00dfe-2026');
    expect(await passwords.matches('Gru\u0308\u00dfe-2026', kept)).toBe(true);
  });

  it('never match where there is no account', async () => {
    expect(await passwords.matches('Correct-horse-9', null)).toBe(false);
  });

  it('are refused when too many wait', async () => {
    const checks = Array.from({ length: 110 }, () =>
      passwords.matches('x', null).catch((error: unknown) => error),
    );
    const outcomes = await Promise.all(checks);
    expect(outcomes.filter((outcome) => outcome instanceof PasswordChecksBusy)).toHaveLength(8);
    expect(await passwords.matches('x', null)).toBe(false);
  });
});
