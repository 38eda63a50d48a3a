import { randomBytes } from 'node:crypto';

import { Injectable, OnModuleInit } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { ApiKeysService } from '../../auth/api-keys.service';
import { KeyChange } from '../../auth/key-change.service';
import type { Principal } from '../../auth/principal';
import { secretHash } from '../../auth/secret-hash';
import { Secrets } from '../../auth/secrets.service';
import { Database } from '../../database/database';
import { currentActor } from '../../observability/request-context';
import { mappingFaults } from '../protocols/event-mapping';
import { EventSenders } from './event-senders.service';
import { Integration } from './integration.entity';
import { IntegrationNameTaken, IntegrationNotFound, InvalidIntegration } from './integration.errors';
import { IntegrationChange, IntegrationRepository } from './integration.repository';
import { INTEGRATION_KINDS, IntegrationKind, ROUTING_KEY_BYTES } from './integration-kind';

/** What somebody sets of an integration. An empty signing secret takes it away. */
export interface IntegrationSettings {
  readonly name?: string;
  readonly isEnabled?: boolean;
  readonly hmacSecret?: string;
  readonly mapping?: Record<string, unknown>;
  readonly eventsPer5Minutes?: number;
}

export interface IntegrationOrder extends IntegrationSettings {
  readonly name: string;
  readonly kind: IntegrationKind;
}

/** An integration with the key that its sender is to show; the only time that it is seen. */
export interface KeyedIntegration {
  readonly integration: Integration;
  readonly key: string;
}

/** What tells an integration's sealed secret from others. */
export const HMAC_PURPOSE = 'integrations.hmac_secret';

/** Who may send, and what they show for it. */
@Injectable()
export class IntegrationService implements OnModuleInit {
  constructor(
    private readonly integrations: IntegrationRepository,
    private readonly keys: ApiKeysService,
    private readonly secrets: Secrets,
    private readonly keyChange: KeyChange,
    private readonly senders: EventSenders,
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  onModuleInit(): void {
    this.keyChange.register({
      name: 'integrations',
      list: async () =>
        (await this.integrations.list()).flatMap(({ id, hmacSecret: sealed }) =>
          sealed === null
            ? []
            : [
                {
                  sealed,
                  purpose: HMAC_PURPOSE,
                  replace: (renewed) => this.integrations.renewHmacSecret(id, sealed, renewed),
                },
              ],
        ),
    });
  }

  list(): Promise<Integration[]> {
    return this.integrations.list();
  }

  /** Throws  IntegrationNotFound. */
  async get(id: number): Promise<Integration> {
    const integration = await this.integrations.find(id);
    if (integration === null) throw new IntegrationNotFound(id);
    return integration;
  }

  /**
   * Plugs a sender in. Its API key acts for the caller, within the one permission of its kind.
   * Throws  InvalidIntegration, IntegrationNameTaken, ScopeNotHeld.
   */
  add(caller: Principal, order: IntegrationOrder): Promise<KeyedIntegration> {
    const { name, kind, mapping = {}, eventsPer5Minutes = 300 } = order;
    checkSettings(kind, order);
    return this.database.run(async () => {
      if (await this.integrations.isNameTaken(name, null)) throw new IntegrationNameTaken(name);
      const { key, credential } = await this.createKey(caller, kind, name);
      const integration = await this.integrations.insert({
        name,
        kind,
        mapping,
        eventsPer5Minutes,
        hmacSecret: this.sealed(order.hmacSecret) ?? null,
        createdBy: currentActor().name,
        ...credential,
      });
      await this.record('integration.created', integration.id, { after: described(integration) });
      this.senders.forgetAll();
      return { integration, key };
    });
  }

  /** Throws  IntegrationNotFound, InvalidIntegration, IntegrationNameTaken. */
  change(id: number, settings: IntegrationSettings): Promise<Integration> {
    return this.database.run(async () => {
      const before = await this.get(id);
      checkSettings(before.kind, settings);
      const { name, isEnabled, mapping, eventsPer5Minutes, hmacSecret } = settings;
      if (name !== undefined && (await this.integrations.isNameTaken(name, id)))
        throw new IntegrationNameTaken(name);
      const change: IntegrationChange = {
        ...(name !== undefined && { name }),
        ...(isEnabled !== undefined && { isEnabled }),
        ...(mapping !== undefined && { mapping }),
        ...(eventsPer5Minutes !== undefined && { eventsPer5Minutes }),
        ...(hmacSecret !== undefined && { hmacSecret: this.sealed(hmacSecret) }),
      };
      await this.integrations.update(id, change);
      const after = await this.get(id);
      await this.record('integration.updated', id, {
        before: described(before),
        after: { ...described(after), ...(hmacSecret !== undefined && { hmac_secret: 'changed' }) },
      });
      this.senders.forgetAll();
      return after;
    });
  }

  /** Gives an integration a new key; the one before ends at once. Throws  IntegrationNotFound. */
  renewKey(caller: Principal, id: number): Promise<KeyedIntegration> {
    return this.database.run(async () => {
      const { kind, name, apiKeyId } = await this.get(id);
      const { key, credential } = await this.createKey(caller, kind, name);
      await this.integrations.update(id, credential);
      if (apiKeyId !== null) await this.keys.revoke(apiKeyId);
      await this.record('integration.key_renewed', id, { after: { name } });
      this.senders.forgetAll();
      return { integration: await this.get(id), key };
    });
  }

  /** Unplugs a sender for good: its key ends; what it has told stays. Throws  IntegrationNotFound. */
  remove(id: number): Promise<void> {
    return this.database.run(async () => {
      const integration = await this.get(id);
      await this.integrations.delete(id);
      if (integration.apiKeyId !== null) await this.keys.revoke(integration.apiKeyId);
      await this.record('integration.deleted', id, { before: described(integration) });
      this.senders.forgetAll();
    });
  }

  private async createKey(
    caller: Principal,
    kind: IntegrationKind,
    name: string,
  ): Promise<{ key: string; credential: Pick<Integration, 'apiKeyId' | 'routingKeyHash'> }> {
    const { scope } = INTEGRATION_KINDS[kind];
    if (scope === null) {
      const key = randomBytes(ROUTING_KEY_BYTES).toString('hex');
      return { key, credential: { apiKeyId: null, routingKeyHash: secretHash(key) } };
    }
    const order = { name: `integration ${name}`, scopes: [scope], expiresAt: null };
    const { row, key } = await this.keys.create(caller, order);
    return { key, credential: { apiKeyId: row.id, routingKeyHash: null } };
  }

  private sealed(text: string | undefined): Buffer | null | undefined {
    if (text === undefined) return undefined;
    return text.length === 0 ? null : this.secrets.seal(text, HMAC_PURPOSE);
  }

  private record(
    action: string,
    subjectId: number,
    change: { before?: object; after?: object },
  ): Promise<void> {
    return this.audit.record({ action, subjectType: 'integration', subjectId, ...change });
  }
}

/** What the audit trail keeps: whether there is a secret, never which. */
function described(integration: Integration): object {
  const { name, kind, isEnabled, mapping, eventsPer5Minutes, hmacSecret } = integration;
  return {
    name,
    kind,
    is_enabled: isEnabled,
    mapping,
    events_per_5_minutes: eventsPer5Minutes,
    has_hmac_secret: hmacSecret !== null,
  };
}

/** Throws  InvalidIntegration. */
function checkSettings(kind: IntegrationKind, { hmacSecret, mapping }: IntegrationSettings): void {
  const { hasSignature, hasMapping } = INTEGRATION_KINDS[kind];
  if (hmacSecret !== undefined && !hasSignature)
    throw new InvalidIntegration(`Senders of kind ${kind} do not sign; only those of kind grafana do`);
  if (mapping === undefined) return;
  if (!hasMapping && Object.keys(mapping).length > 0)
    throw new InvalidIntegration(`Kind ${kind} needs no mapping; only cloudevents and json have one`);
  const [fault] = mappingFaults(mapping);
  if (fault !== undefined) throw new InvalidIntegration(fault);
}
