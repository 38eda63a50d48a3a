import { newPasswordRule, passwordScore, passwordStrength } from './password-strength';

describe('password strength', () => {
  it.each([
    ['', 0, 'weak'],
    ['abcdefgh', 1, 'weak'],
    ['abcdefghijkl', 2, 'weak'],
    ['abcdefg1', 2, 'weak'],
    ['Ab1!', 4, 'weak'],
    ['Ab1!xyz', 4, 'weak'],
    ['Abcdefg1', 3, 'medium'],
    ['abcdef1!', 3, 'medium'],
    ['abcdefghijk1', 3, 'medium'],
    ['Abcdef1!', 4, 'strong'],
    ['Abcdefghijk1', 4, 'strong'],
    ['TestPassword123!', 5, 'strong'],
    ['Übergröße1', 3, 'medium'],
    ['correct horse battery', 3, 'medium'],
    ['🙂🙂🙂🙂', 1, 'weak'],
  ])('%j has %i classes and is %s', (password, score, strength) => {
    expect(passwordScore(password)).toBe(score);
    expect(passwordStrength(password)).toBe(strength);
  });
});

describe('the rule for a new password', () => {
  it.each([
    ['Abc1!', 'Password must be at least 8 characters long'],
    ['abcdefgh', 'Password is too weak'],
    [`Aa1!${'x'.repeat(125)}`, 'Password must be a string of at most 128 characters'],
    [12345678, 'Password must be a string of at most 128 characters'],
    [['Abcdef1!'], 'Password must be a string of at most 128 characters'],
  ])('refuses %j', (password, message) => {
    expect(newPasswordRule(password, 'password')).toContain(message);
  });

  it.each(['Abcdefg1', 'TestPassword123!', `Aa1!${'x'.repeat(124)}`])('accepts %j', (password) => {
    expect(newPasswordRule(password, 'password')).toBeNull();
  });
});
