import { createPrivateKey, X509Certificate } from 'node:crypto';

import { readSigningSecret } from '../../common/http/webhook-signature';
import { readAwsSettings } from '../execution/aws-settings';
import { InvalidTarget } from '../execution/execution.errors';
import type { JsonObject } from '../execution/json';
import { readKubernetesSettings } from '../execution/kubernetes-settings';
import { readScriptSettings } from '../execution/script-settings';
import { readWebhookSettings } from '../execution/webhook-settings';
import type { TargetKind } from './target-kind';

/** Whether a text can be a secret of some name; the sentence says what would be accepted. */
interface SecretRule {
  readonly accepted: string;
  readonly isFit: (text: string) => boolean;
}

interface KindRules {
  /** Throws  InvalidTarget. Returns where it leads to, as URLs; what its secrets are bound to. */
  readonly destinations: (settings: JsonObject) => readonly string[];
  readonly secrets: Readonly<Record<string, SecretRule>>;
}

const SIGNING_SECRET: SecretRule = {
  accepted: 'whsec_ and the base64 of 24 to 64 random bytes, as `openssl rand -base64 32` makes them',
  isFit: (text) => readSigningSecret(text) !== null,
};
const HEADER_LINE: SecretRule = {
  accepted: 'one line of at most 8,000 ASCII characters',
  isFit: (text) => /^[\x20-\x7e]{1,8000}$/.test(text),
};
const CERTIFICATE: SecretRule = {
  accepted: 'a certificate in PEM',
  isFit: (text) => canBeRead(() => new X509Certificate(text)),
};
const PRIVATE_KEY: SecretRule = {
  accepted: 'a private key in PEM, without a passphrase',
  isFit: (text) => canBeRead(() => createPrivateKey(text)),
};

const RULES: Readonly<Record<TargetKind, KindRules>> = {
  webhook: {
    destinations: (settings) => [readWebhookSettings(settings).url],
    secrets: {
      signing_secret: SIGNING_SECRET,
      next_signing_secret: SIGNING_SECRET,
      authorization: HEADER_LINE,
    },
  },
  kubernetes: {
    destinations: (settings) => {
      const { server, ca } = readKubernetesSettings(settings);
      if (ca !== null && !CERTIFICATE.isFit(ca))
        throw new InvalidTarget(`settings.ca must be ${CERTIFICATE.accepted}`);
      return [server];
    },
    secrets: { token: HEADER_LINE, client_certificate: CERTIFICATE, client_key: PRIVATE_KEY },
  },
  aws: {
    destinations: (settings) => {
      const { endpoint, region } = readAwsSettings(settings);
      return [endpoint ?? `https://${region}.amazonaws.com`];
    },
    secrets: { access_key_id: HEADER_LINE, secret_access_key: HEADER_LINE, session_token: HEADER_LINE },
  },
  script: {
    destinations: (settings) => {
      readScriptSettings(settings);
      return [];
    },
    secrets: {},
  },
};

/** Of the settings' JSON: a target is a page of settings, not a store of data. */
const MAX_SETTINGS = 65_536;

/**
 * Where a target of these settings leads to, as URLs.
 * Throws  InvalidTarget where its kind cannot work with them.
 */
export function destinationsOf(kind: TargetKind, settings: JsonObject): readonly string[] {
  if (JSON.stringify(settings).length > MAX_SETTINGS)
    throw new InvalidTarget(`settings must have at most ${MAX_SETTINGS} characters of JSON`);
  return RULES[kind].destinations(settings);
}

/** Secrets as they were sent: a text sets one, null or an empty text takes it away. */
export interface SecretChanges {
  readonly set: ReadonlyMap<string, string>;
  readonly removed: readonly string[];
}

/**
 * What is to be done to the secrets of a target.
 * Throws  InvalidTarget for a name that its kind does not have, or a text that cannot be one; never repeats the text.
 */
export function readSecrets(kind: TargetKind, secrets: Readonly<Record<string, unknown>>): SecretChanges {
  const { secrets: rules } = RULES[kind];
  const set = new Map<string, string>();
  const removed: string[] = [];
  for (const [name, value] of Object.entries(secrets)) {
    if (!Object.hasOwn(rules, name)) {
      const known = Object.keys(rules).join(', ') || 'none';
      throw new InvalidTarget(
        `a target of kind ${kind} has no secret ${JSON.stringify(name.slice(0, 64))}; known are: ${known}`,
      );
    }
    if (value === null || value === '') removed.push(name);
    else if (typeof value === 'string' && rules[name].isFit(value)) set.set(name, value);
    else throw new InvalidTarget(`secrets.${name} must be ${rules[name].accepted}`);
  }
  return { set, removed };
}

/**
 * The secrets that a target would take along to another place: none may be, else whoever may change a target, and is never shown
 * its secrets, could have them sent to a place of their own.
 * Shape   kept: names of the secrets that are set; before, after: where the target led and where it leads now.
 */
export function secretsLedAway(
  kept: readonly string[],
  { set, removed }: SecretChanges,
  before: readonly string[],
  after: readonly string[],
): string[] {
  const isSame = before.length === after.length && before.every((place, index) => place === after[index]);
  return isSame ? [] : kept.filter((name) => !set.has(name) && !removed.includes(name));
}

function canBeRead(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}
