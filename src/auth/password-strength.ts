import type { FieldRule } from '../common/validation/fields';

export type PasswordStrength = 'weak' | 'medium' | 'strong';

const MIN_LENGTH = 8;
/** Longer than any passphrase; without a limit a long text would keep the hash busy. */
export const MAX_PASSWORD_LENGTH = 128;
const LONG = 12;
const ENOUGH_CLASSES = 3;

/** Of capital letters, small letters, digits, symbols and a length of 12 or more, how many a password has. */
export function passwordScore(password: string): number {
  const classes = [
    /\p{Lu}/u.test(password),
    /\p{Ll}/u.test(password),
    /\p{Nd}/u.test(password),
    /[^\p{L}\p{Nd}]/u.test(password),
    lengthOf(password) >= LONG,
  ];
  return classes.filter(Boolean).length;
}

/**
 * The contract's three words: medium is the least that is accepted.
 * @example passwordStrength('Tr0ub4dor') // 'medium'
 */
export function passwordStrength(password: string): PasswordStrength {
  const score = passwordScore(password);
  if (lengthOf(password) < MIN_LENGTH || score < ENOUGH_CLASSES) return 'weak';
  return score === ENOUGH_CLASSES ? 'medium' : 'strong';
}

/** The rule for a new password: null when it holds, else what would be accepted. */
export const newPasswordRule: FieldRule = (value) => {
  if (typeof value !== 'string' || value.length > MAX_PASSWORD_LENGTH) {
    return `Password must be a string of at most ${MAX_PASSWORD_LENGTH} characters`;
  }
  if (lengthOf(value) < MIN_LENGTH) return `Password must be at least ${MIN_LENGTH} characters long`;
  return passwordStrength(value) === 'weak'
    ? `Password is too weak: it needs ${ENOUGH_CLASSES} of uppercase letters, lowercase letters, digits, symbols, ${LONG} or more characters`
    : null;
};

/** In characters as people count them, not in UTF-16 units. */
function lengthOf(password: string): number {
  return [...password].length;
}
