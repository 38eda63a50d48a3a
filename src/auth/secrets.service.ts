import { Injectable } from '@nestjs/common';

import { DomainError } from '../common/errors/domain-error';
import { AuthConfig, DatabaseConfig } from '../config/sections';
import { signingSecret } from '../config/signing-secret';
import { SecretBox } from './secret-box';

/** Secrets of others that we must be able to read: sealed at rest, and never told by the API. */
@Injectable()
export class Secrets {
  private readonly box: SecretBox;

  constructor(auth: AuthConfig, database: DatabaseConfig) {
    this.box = new SecretBox(auth.secretsKey ?? signingSecret(auth, database.dataDir));
  }

  /** The text as it may be stored; `purpose` names its place. */
  seal(text: string, purpose: string): Buffer {
    return this.box.seal(text, purpose);
  }

  /** Throws  an internal error where SECRETS_KEY, or JWT_SECRET in its place, is no longer the one that it was sealed with. */
  open(sealed: Buffer, purpose: string): string {
    const text = this.box.open(sealed, purpose);
    if (text === null)
      throw new DomainError(
        'internal',
        'auth/sealed-otherwise',
        'A stored secret cannot be opened: SECRETS_KEY, or JWT_SECRET in its place, has changed since it was set',
      );
    return text;
  }
}
