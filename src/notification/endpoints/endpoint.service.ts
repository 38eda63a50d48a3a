import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import type { PageRequest } from '../../common/http/pagination';
import { Database } from '../../database/database';
import { parseEgressUrl } from '../../egress/egress-url';
import { currentActor } from '../../observability/request-context';
import { TelemetryService } from '../../telemetry/telemetry.service';
import { MailClient } from '../deliveries/mail.client';
import type { EndpointKind } from '../notices/message';
import { NotificationEndpoint } from './endpoint.entity';
import {
  EndpointChanged,
  EndpointNameTaken,
  EndpointNotFound,
  InvalidEndpoint,
  MailNotConfigured,
} from './endpoint.errors';
import { EndpointRepository, EndpointStatement, KnownSecret } from './endpoint.repository';
import { endpointProblem } from './endpoint-problem';
import { type SecretChanges, secretsProblem } from './endpoint-secrets';
import { EndpointVault } from './endpoint-vault.service';

/** What a caller states of an endpoint; its conditions as people write them. */
export interface RequestedEndpoint extends Omit<EndpointStatement, 'matchers'> {
  readonly matchers: readonly string[];
}

/** An endpoint as it is seen. */
export interface SeenEndpoint {
  readonly endpoint: NotificationEndpoint;
  readonly matchers: readonly string[];
  readonly secrets: readonly KnownSecret[];
}

/** Says who is told, and of what. */
@Injectable()
export class EndpointService {
  constructor(
    private readonly endpoints: EndpointRepository,
    private readonly vault: EndpointVault,
    private readonly telemetry: TelemetryService,
    private readonly mail: MailClient,
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  async list(page: PageRequest): Promise<[SeenEndpoint[], total: number]> {
    const [endpoints, total] = await this.endpoints.list(page);
    const secrets = await this.endpoints.listSecretNames(endpoints.map(({ id }) => id));
    return [endpoints.map((endpoint) => this.seen(endpoint, secrets)), total];
  }

  /** Throws  EndpointNotFound. */
  async get(id: number): Promise<SeenEndpoint> {
    const endpoint = await this.endpoints.find(id);
    if (endpoint === null) throw new EndpointNotFound(id);
    return this.seen(endpoint, await this.endpoints.listSecretNames([id]));
  }

  /** Returns its id. Throws  InvalidEndpoint, MailNotConfigured, InvalidEgressUrl, InvalidMatcher, EndpointNameTaken. */
  create(kind: EndpointKind, requested: RequestedEndpoint, secrets: SecretChanges): Promise<number> {
    const statement = this.statementOf(requested);
    check(endpointProblem(kind, statement, secrets, false));
    if (kind === 'email' && !this.mail.isConfigured) throw new MailNotConfigured();
    const destination = destinationOf(statement, secrets.url ?? '');
    check(secretsProblem(kind, [], secrets, false));
    return this.database.run(async () => {
      if (await this.endpoints.isNameTaken(statement.name, null)) throw new EndpointNameTaken(statement.name);
      const createdBy = currentActor().name;
      const id = await this.endpoints.insert({ ...statement, kind, destination, createdBy });
      await this.vault.apply(id, secrets);
      await this.record('created', id, {
        after: { kind, ...described({ ...statement, destination }), ...secretWords(secrets) },
      });
      return id;
    });
  }

  /**
   * Puts another statement in the place of the one before, and switches on again what the product had switched off, where it says so;
   * secrets that are not named stay.
   * Throws  EndpointNotFound, EndpointChanged, InvalidEndpoint, InvalidEgressUrl, InvalidMatcher, EndpointNameTaken.
   */
  change(id: number, version: number, requested: RequestedEndpoint, secrets: SecretChanges): Promise<void> {
    const statement = this.statementOf(requested);
    return this.database.run(async () => {
      const before = await this.lock(id);
      if (before.version !== version) throw new EndpointChanged(id, before.version);
      check(endpointProblem(before.kind, statement, secrets, true));
      const { url } = secrets;
      const isStated = before.kind === 'email' || typeof url === 'string';
      const destination = isStated ? destinationOf(statement, url ?? '') : before.destination;
      const kept = (await this.endpoints.listSecretNames([id])).map(({ name }) => name);
      check(secretsProblem(before.kind, kept, secrets, destination !== before.destination));
      if (await this.endpoints.isNameTaken(statement.name, id)) throw new EndpointNameTaken(statement.name);
      await this.endpoints.update(id, { ...statement, destination });
      await this.vault.apply(id, secrets);
      await this.record('updated', id, {
        before: described(before),
        after: { ...described({ ...statement, destination }), ...secretWords(secrets) },
      });
    });
  }

  /** With its secrets and its deliveries. Throws  EndpointNotFound. */
  remove(id: number): Promise<void> {
    return this.database.run(async () => {
      const before = await this.lock(id);
      await this.endpoints.delete(id);
      await this.record('deleted', id, { before: { kind: before.kind, ...described(before) } });
    });
  }

  /** Throws  EndpointNotFound. */
  private async lock(id: number): Promise<NotificationEndpoint> {
    const endpoint = await this.endpoints.lock(id);
    if (endpoint === null) throw new EndpointNotFound(id);
    return endpoint;
  }

  private statementOf(requested: RequestedEndpoint): EndpointStatement {
    const matchers = this.telemetry.parseConditions(requested.matchers);
    this.telemetry.compile(matchers);
    return { ...requested, matchers };
  }

  private seen(endpoint: NotificationEndpoint, secrets: readonly KnownSecret[]): SeenEndpoint {
    return {
      endpoint,
      matchers: this.telemetry.writeConditions(endpoint.matchers),
      secrets: secrets.filter(({ endpointId }) => endpointId === endpoint.id),
    };
  }

  private record(
    verb: string,
    subjectId: number,
    change: { before?: object; after?: object },
  ): Promise<void> {
    const action = `notification_endpoint.${verb}`;
    return this.audit.record({ action, subjectType: 'notification_endpoint', subjectId, ...change });
  }
}

function check(problem: string | null): void {
  if (problem !== null) throw new InvalidEndpoint(problem);
}

/** Of mail its recipients, else scheme, host and port. Throws  InvalidEgressUrl. */
function destinationOf({ mail }: EndpointStatement, url: string): string {
  if (mail !== null) return `mailto:${mail.recipients.join(',')}`;
  const { scheme, host, port } = parseEgressUrl(url);
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function described(statement: EndpointStatement & { destination: string }): object {
  return {
    name: statement.name,
    destination: statement.destination,
    is_enabled: statement.isEnabled,
    events: statement.events,
    minimum_severity: statement.minimumSeverity,
    matchers: statement.matchers,
    quiet_hours: statement.quietHours,
    mail: statement.mail,
    digest: statement.digest,
    repeat_interval_seconds: statement.repeatIntervalSeconds,
  };
}

/** Which secrets changed, never to what. */
function secretWords(secrets: SecretChanges): object {
  return { secrets_changed: Object.keys(secrets) };
}
