export const MAX_MAIL_ADDRESS_LENGTH = 254;

/** One `@`, a name before it, a dotted domain after it, all in ASCII: who really reads mail there only a mail can tell. */
const NAME = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}$/;
const DOMAIN_LABEL = /^[A-Za-z0-9-]{1,63}$/;

/**
 * Whether a text is a bare mail address, and so nothing that could end a header or a command.
 * @example isMailAddress('on-call@example.org') // true
 */
export function isMailAddress(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > MAX_MAIL_ADDRESS_LENGTH) return false;
  const [name, domain, ...more] = value.split('@');
  const labels = domain?.split('.') ?? [];
  return more.length === 0 && NAME.test(name) && labels.length >= 2 && labels.every(isDomainLabel);
}

function isDomainLabel(label: string): boolean {
  return DOMAIN_LABEL.test(label) && !label.startsWith('-') && !label.endsWith('-');
}
