import { Injectable } from '@nestjs/common';

import type { Principal } from '../../auth/principal';
import { secretHash } from '../../auth/secret-hash';
import { ShortCache } from '../../auth/short-cache';
import { Database } from '../../database/database';
import { EventSender, integrationSender } from './event-sender';
import { Integration } from './integration.entity';
import { IntegrationRefused } from './integration.errors';
import { IntegrationRepository } from './integration.repository';
import type { IntegrationKind } from './integration-kind';

/** For so long another process may still honour what was changed here. */
const REMEMBER_SECONDS = 5;

/** Who sends an event, from what they show: looked up once in a few seconds, so that a busy sender does not cost a query a request. */
@Injectable()
export class EventSenders {
  private readonly byApiKey = new ShortCache<Integration | null>(REMEMBER_SECONDS);
  private readonly byRoutingKey = new ShortCache<Integration | null>(REMEMBER_SECONDS);
  private readonly enabled = new ShortCache<boolean>(REMEMBER_SECONDS);

  constructor(
    private readonly integrations: IntegrationRepository,
    private readonly database: Database,
  ) {}

  /**
   * The sender behind a caller. A key of an integration is good for that integration's own route only.
   * Throws  IntegrationRefused where it is of another kind, or switched off.
   */
  async ofCaller({ actor }: Principal, kind: IntegrationKind): Promise<EventSender> {
    const integration = actor.kind === 'api_key' && actor.id !== null ? await this.ofApiKey(actor.id) : null;
    if (integration === null) return { name: `${actor.kind}:${actor.id}`, integration };
    if (integration.kind !== kind)
      throw new IntegrationRefused(`This key is of an integration of kind ${integration.kind}, not ${kind}`);
    if (!integration.isEnabled) throw new IntegrationRefused('This integration is switched off');
    return integrationSender(integration);
  }

  /** The integration that an API key belongs to; null where it is nobody's but its creator's. */
  ofApiKey(apiKeyId: number): Promise<Integration | null> {
    return this.byApiKey.get(String(apiKeyId), () => this.integrations.findByApiKey(apiKeyId));
  }

  /** The sender that shows a routing key; null where it is unknown or of one that is switched off, which a stranger cannot tell apart. */
  async ofRoutingKey(routingKey: string): Promise<EventSender | null> {
    const hash = secretHash(routingKey);
    const integration = await this.byRoutingKey.get(hash.toString('base64'), () =>
      this.integrations.findByRoutingKey(hash),
    );
    return integration?.isEnabled === true ? integrationSender(integration) : null;
  }

  /** Whether any integration of a kind waits for events. */
  expects(kind: IntegrationKind): Promise<boolean> {
    return this.enabled.get(kind, () => this.integrations.hasEnabled(kind));
  }

  /** Once the open transaction has committed, looks everything up anew. */
  forgetAll(): void {
    this.database.afterCommit(() => {
      this.byApiKey.forgetAll();
      this.byRoutingKey.forgetAll();
      this.enabled.forgetAll();
    });
  }
}
