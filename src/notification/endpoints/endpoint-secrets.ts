import { readSigningSecret } from '../../common/http/webhook-signature';
import type { EndpointKind } from '../notices/message';

/** What an endpoint keeps sealed. */
export const SECRET_NAMES = ['url', 'signing_secret', 'next_signing_secret'] as const;
export type SecretName = (typeof SECRET_NAMES)[number];

/** Secrets as they are to be: a text sets one, null takes it away, what is missing stays. */
export type SecretChanges = Readonly<Partial<Record<SecretName, string | null>>>;

/**
 * What is wrong with an endpoint's secrets, in a sentence that never repeats one; null where nothing is.
 * A webhook is always signed; mail has no secrets. Whoever leads one elsewhere states its secrets again: else a person who never sees them could have
 * messages signed for a place of their own.
 * Shape   kept: the names that are set already. isLedElsewhere: whether scheme, host or port become others.
 */
export function secretsProblem(
  kind: EndpointKind,
  kept: readonly SecretName[],
  changes: SecretChanges,
  isLedElsewhere: boolean,
): string | null {
  const stated = SECRET_NAMES.filter((name) => name !== 'url' && typeof changes[name] === 'string');
  if (kind === 'email') return null;
  if (kind === 'slack')
    return stated.length > 0
      ? `an endpoint of kind slack has no ${stated[0]}: its URL is all that Slack asks for`
      : null;
  const unfit = stated.find((name) => readSigningSecret(changes[name] ?? '') === null);
  if (unfit !== undefined)
    return `secrets.${unfit} must be whsec_ and the base64 of 24 to 64 random bytes, as \`openssl rand -base64 32\` makes them`;
  const left = kept.filter((name) => name !== 'url' && changes[name] === undefined);
  if (isLedElsewhere && left.length > 0)
    return `the endpoint leads to another place now: state ${left.join(', ')} again, or take it away with null`;
  if (stated.length === 0 && left.length === 0)
    return 'a webhook is always signed: secrets.signing_secret must be set';
  return null;
}
