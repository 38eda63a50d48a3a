import { Injectable } from '@nestjs/common';

import { DomainError } from '../common/errors/domain-error';
import { AuthConfig, DatabaseConfig } from '../config/sections';
import { signingSecret } from '../config/signing-secret';
import { SecretBox } from './secret-box';

/** Secrets of others that we must be able to read: sealed at rest, and never told by the API. */
@Injectable()
export class Secrets {
  private readonly box: SecretBox;
  /** What was sealed before the key was changed. */
  private readonly previousBox: SecretBox | null;

  constructor(auth: AuthConfig, database: DatabaseConfig) {
    this.box = new SecretBox(auth.secretsKey ?? signingSecret(auth, database.dataDir));
    this.previousBox = auth.secretsKeyPrevious === undefined ? null : new SecretBox(auth.secretsKeyPrevious);
  }

  /** The text as it may be stored; `purpose` names its place. */
  seal(text: string, purpose: string): Buffer {
    return this.box.seal(text, purpose);
  }

  /** Throws  an internal error where neither SECRETS_KEY, or JWT_SECRET in its place, nor SECRETS_KEY_PREVIOUS is the one that it was sealed with. */
  open(sealed: Buffer, purpose: string): string {
    const text = this.box.open(sealed, purpose) ?? this.previousBox?.open(sealed, purpose) ?? null;
    if (text === null)
      throw new DomainError(
        'internal',
        'auth/sealed-otherwise',
        'A stored secret cannot be opened: SECRETS_KEY, or JWT_SECRET in its place, has changed since it was set; give the former one as SECRETS_KEY_PREVIOUS',
      );
    return text;
  }

  /** The same text under the present key; null where it is sealed with that already. Throws as `open` does. */
  sealAnew(sealed: Buffer, purpose: string): Buffer | null {
    return this.box.open(sealed, purpose) === null ? this.seal(this.open(sealed, purpose), purpose) : null;
  }
}
