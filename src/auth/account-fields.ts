import { isMailAddress, MAX_MAIL_ADDRESS_LENGTH } from '../common/mail-address';
import { Field, FieldOptions, FieldRule, oneOfRule, textRule } from '../common/validation/fields';
import { Permission, PERMISSIONS, ROLES } from './access-matrix';
import { MAX_PASSWORD_LENGTH, newPasswordRule } from './password-strength';

/** No `@` (an email address is never somebody else's username), no colon (Basic authentication ends the name there). */
const USERNAME = /^[A-Za-z0-9][A-Za-z0-9._-]{2,63}$/;

export const usernameRule: FieldRule = (value) =>
  typeof value === 'string' && USERNAME.test(value)
    ? null
    : 'Username must be 3 to 64 letters, digits, dots, hyphens or underscores, and begin with a letter or digit';

export const emailRule: FieldRule = (value) => (isMailAddress(value) ? null : 'Invalid email format');

/** The name of an account that is being made. */
export function Username(options: FieldOptions = {}): PropertyDecorator {
  return Field(
    usernameRule,
    { type: String, minLength: 3, maxLength: 64, pattern: USERNAME.source },
    { example: 'ada', ...options },
  );
}

export function Email(options: FieldOptions = {}): PropertyDecorator {
  return Field(
    emailRule,
    { type: String, format: 'email', maxLength: MAX_MAIL_ADDRESS_LENGTH },
    { example: 'ada@example.org', ...options },
  );
}

/** A password that is being set, held against the strength rules. */
export function NewPassword(options: FieldOptions = {}): PropertyDecorator {
  return Field(
    newPasswordRule,
    { type: String, format: 'password', minLength: 8, maxLength: MAX_PASSWORD_LENGTH },
    {
      description:
        '8 characters or more, with 3 of: uppercase, lowercase, digits, symbols, 12 or more characters',
      ...options,
    },
  );
}

/** A password as somebody remembers it: any text, right or wrong. */
export function KnownPassword(options: FieldOptions = {}): PropertyDecorator {
  return Field(
    textRule(MAX_PASSWORD_LENGTH),
    { type: String, format: 'password', maxLength: MAX_PASSWORD_LENGTH },
    options,
  );
}

export function RoleName(options: FieldOptions = {}): PropertyDecorator {
  return Field(
    oneOfRule(ROLES, `Invalid role. Must be one of: ${ROLES.join(', ')}`),
    { type: String, enum: [...ROLES] },
    options,
  );
}

const isPermission = (value: unknown): value is Permission =>
  typeof value === 'string' && Object.hasOwn(PERMISSIONS, value);

/** What a key may do: one permission or more, each once. */
export const scopesRule: FieldRule = (value) =>
  Array.isArray(value) &&
  value.length > 0 &&
  new Set(value).size === value.length &&
  value.every(isPermission)
    ? null
    : `Invalid scopes. Must be a list of one or more of: ${Object.keys(PERMISSIONS).join(', ')}`;

export function Scopes(options: FieldOptions = {}): PropertyDecorator {
  return Field(
    scopesRule,
    {
      type: 'array',
      items: { type: 'string', enum: Object.keys(PERMISSIONS) },
      minItems: 1,
      uniqueItems: true,
    },
    options,
  );
}
