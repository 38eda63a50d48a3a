import { Injectable, OnApplicationBootstrap } from '@nestjs/common';

import { AuditService } from '../audit/audit.service';
import { DomainError } from '../common/errors/domain-error';
import { AuthConfig } from '../config/sections';
import { Database } from '../database/database';
import { Log } from '../observability/log';
import { Secrets } from './secrets.service';

/** A sealed text where it stands. */
export interface SealedText {
  readonly sealed: Buffer;
  readonly purpose: string;
  /** Puts another in its place, unless somebody has changed it since it was read. */
  replace(sealed: Buffer): Promise<void>;
}

/** A table of sealed texts. */
export interface SealedPlace {
  readonly name: string;
  list(): Promise<readonly SealedText[]>;
}

/**
 * Seals under the present key what was sealed with the previous one, at the start of a process that knows both: after it the previous one is
 * no longer needed. Who keeps sealed texts registers their place.
 */
@Injectable()
export class KeyChange implements OnApplicationBootstrap {
  private readonly places: SealedPlace[] = [];

  constructor(
    private readonly auth: AuthConfig,
    private readonly secrets: Secrets,
    private readonly database: Database,
    private readonly audit: AuditService,
    private readonly log: Log,
  ) {}

  register(place: SealedPlace): void {
    this.places.push(place);
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.auth.secretsKeyPrevious === undefined) return;
    for (const place of this.places) await this.sealAnew(place);
  }

  private async sealAnew(place: SealedPlace): Promise<void> {
    const { name } = place;
    await this.database.run(async () => {
      let renewed = 0;
      let lost = 0;
      for (const text of await place.list()) {
        const sealed = this.sealedAnew(text);
        if (sealed === 'lost') lost += 1;
        else if (sealed !== null) {
          await text.replace(sealed);
          renewed += 1;
        }
      }
      if (lost > 0)
        this.log.warn({ place: name, lost }, 'secrets that neither key opens: they must be set again');
      if (renewed === 0) return;
      this.log.info({ place: name, renewed }, 'secrets were sealed anew under SECRETS_KEY');
      await this.audit.record({
        action: 'secrets.sealed_anew',
        subjectType: 'secrets',
        subjectId: name,
        after: { renewed },
      });
    });
  }

  private sealedAnew({ sealed, purpose }: SealedText): Buffer | 'lost' | null {
    try {
      return this.secrets.sealAnew(sealed, purpose);
    } catch (error) {
      if (error instanceof DomainError) return 'lost';
      throw error;
    }
  }
}
