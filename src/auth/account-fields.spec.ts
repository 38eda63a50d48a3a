import { emailRule, scopesRule, usernameRule } from './account-fields';

describe('a username', () => {
  it.each(['ada', 'Ada.Lovelace', 'a_b-c', '0day', 'x'.repeat(64)])('may be %j', (name) => {
    expect(usernameRule(name, 'username')).toBeNull();
  });

  it.each([
    'ab',
    'x'.repeat(65),
    '.ada',
    'ada@example.org',
    'a:da',
    'a da',
    'adä',
    'ada\n',
    '',
    7,
    null,
    ['ada'],
  ])('may not be %j', (name) => {
    expect(usernameRule(name, 'username')).toContain('Username must be');
  });
});

describe('an email address', () => {
  it.each(['ada@example.org', 'a.b+c@sub.example.co.uk', `${'x'.repeat(64)}@example.org`])(
    'may be %j',
    (email) => {
      expect(emailRule(email, 'email')).toBeNull();
    },
  );

  it.each([
    'ada',
    'ada@localhost',
    '@example.org',
    'ada@',
    'ada@@example.org',
    'ada@example..org',
    'ada@-example.org',
    'a da@example.org',
    'ada@example.org\nBcc: x@y.z',
    `ada@${'x'.repeat(64)}.org`,
    `ada@${'example.'.repeat(40)}org`,
    42,
  ])('may not be %j', (email) => {
    expect(emailRule(email, 'email')).toBe('Invalid email format');
  });
});

describe('the scopes of a key', () => {
  it('are permissions, each once', () => {
    expect(scopesRule(['anomalies:read', 'telemetry:write'], 'scopes')).toBeNull();
  });

  it.each([
    [[]],
    [['anomalies:read', 'anomalies:read']],
    [['everything']],
    [['__proto__']],
    ['anomalies:read'],
    [[1]],
  ])('are not %j', (scopes) => {
    expect(scopesRule(scopes, 'scopes')).toContain('Invalid scopes');
  });
});
