import { Injectable, OnModuleInit } from '@nestjs/common';

import { KeyChange } from '../../auth/key-change.service';
import { Secrets } from '../../auth/secrets.service';
import { readSigningSecret } from '../../common/http/webhook-signature';
import { currentActor } from '../../observability/request-context';
import { EndpointRepository } from './endpoint.repository';
import { SECRET_NAMES, type SecretChanges, type SecretName } from './endpoint-secrets';

/** Where a message goes and what signs it, opened for one attempt. */
export interface OpenedEndpoint {
  readonly url: string;
  readonly keys: readonly Buffer[];
}

/** URLs and signing secrets of endpoints: sealed for their endpoint and name, opened where a message is sent only. */
@Injectable()
export class EndpointVault implements OnModuleInit {
  constructor(
    private readonly endpoints: EndpointRepository,
    private readonly secrets: Secrets,
    private readonly keyChange: KeyChange,
  ) {}

  onModuleInit(): void {
    this.keyChange.register({
      name: 'notification_secrets',
      list: async () =>
        (await this.endpoints.listAllSealed()).map((row) => ({
          sealed: row.sealed,
          purpose: purposeOf(row.endpointId, row.name as SecretName),
          replace: (renewed) => this.endpoints.renewSecret(row, renewed),
        })),
    });
  }

  /** Throws  an internal error where SECRETS_KEY has changed since they were set. */
  async open(endpointId: number): Promise<OpenedEndpoint> {
    const sealed = new Map(
      (await this.endpoints.listSealed(endpointId)).map((row) => [row.name, row.sealed]),
    );
    const text = (name: SecretName): string => {
      const found = sealed.get(name);
      return found === undefined ? '' : this.secrets.open(found, purposeOf(endpointId, name));
    };
    const keys = [text('signing_secret'), text('next_signing_secret')]
      .map((secret) => readSigningSecret(secret))
      .filter((key) => key !== null);
    return { url: text('url'), keys };
  }

  /** In the transaction of the change of their endpoint. */
  async apply(endpointId: number, changes: SecretChanges): Promise<void> {
    const setBy = currentActor().name;
    for (const name of SECRET_NAMES) {
      const text = changes[name];
      if (text === null) await this.endpoints.removeSecret(endpointId, name);
      else if (text !== undefined)
        await this.endpoints.setSecret({
          endpointId,
          name,
          setBy,
          sealed: this.secrets.seal(text, purposeOf(endpointId, name)),
        });
    }
  }
}

/** Bound into the seal: a row that is copied to another endpoint does not open there. */
function purposeOf(endpointId: number, name: SecretName): string {
  return `notification_secrets.${endpointId}.${name}`;
}
