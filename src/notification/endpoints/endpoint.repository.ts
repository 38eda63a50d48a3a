import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Not, Repository } from 'typeorm';

import type { PageRequest } from '../../common/http/pagination';
import { Database } from '../../database/database';
import { NotificationEndpoint } from './endpoint.entity';
import { EndpointSecret } from './endpoint-secret.entity';
import type { SecretName } from './endpoint-secrets';

/** What somebody states of an endpoint; what is left out of a statement is as if it had never been stated. */
export type EndpointStatement = Pick<
  NotificationEndpoint,
  | 'name'
  | 'isEnabled'
  | 'events'
  | 'minimumSeverity'
  | 'matchers'
  | 'quietHours'
  | 'mail'
  | 'digest'
  | 'repeatIntervalSeconds'
>;

/** A secret that is set: its name and its age are all that is ever told. */
export interface KnownSecret {
  readonly endpointId: number;
  readonly name: SecretName;
  readonly setAt: Date;
}

const FAILED = {
  name: 'notification_endpoint_failed',
  text: `UPDATE notification_endpoints SET failures = $2,
           paused_until = CASE WHEN $3::integer > 0 THEN now() + make_interval(secs => $3::integer / 1000.0) END
         WHERE id = $1`,
};

// The usual case writes nothing: many deliveries of one endpoint then do not wait for each other.
const WORKS = {
  name: 'notification_endpoint_works',
  text: 'UPDATE notification_endpoints SET failures = 0, paused_until = NULL WHERE id = $1 AND failures > 0',
};

/** The SQL of endpoints and their secrets. */
@Injectable()
export class EndpointRepository {
  constructor(
    @InjectRepository(NotificationEndpoint) private readonly endpoints: Repository<NotificationEndpoint>,
    @InjectRepository(EndpointSecret) private readonly secrets: Repository<EndpointSecret>,
    private readonly database: Database,
  ) {}

  /** By name. */
  list({ page, perPage }: PageRequest): Promise<[NotificationEndpoint[], total: number]> {
    return this.rows.findAndCount({ order: { name: 'ASC' }, skip: (page - 1) * perPage, take: perPage });
  }

  listEnabled(): Promise<NotificationEndpoint[]> {
    return this.rows.find({ where: { isEnabled: true }, order: { id: 'ASC' } });
  }

  find(id: number): Promise<NotificationEndpoint | null> {
    return this.rows.findOneBy({ id });
  }

  /** For a change in the open transaction. */
  lock(id: number): Promise<NotificationEndpoint | null> {
    return this.rows.findOne({ where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  isNameTaken(name: string, exceptId: number | null): Promise<boolean> {
    return this.rows.existsBy({ name, ...(exceptId !== null && { id: Not(exceptId) }) });
  }

  async insert(
    endpoint: EndpointStatement & Pick<NotificationEndpoint, 'kind' | 'destination' | 'createdBy'>,
  ): Promise<number> {
    const row: object = endpoint;
    const { identifiers } = await this.rows.insert(row);
    return Number((identifiers[0] as { id: number | string }).id);
  }

  /** A change by people; the breaker begins anew with it. */
  async update(id: number, statement: EndpointStatement & { destination: string }): Promise<void> {
    const change: object = {
      ...statement,
      disabledReason: null,
      failures: 0,
      pausedUntil: null,
      version: () => 'version + 1',
      updatedAt: () => 'now()',
    };
    await this.rows.update({ id }, change);
  }

  async switchOff(id: number, reason: string): Promise<void> {
    await this.rows.update(
      { id },
      { isEnabled: false, disabledReason: reason, version: () => 'version + 1', updatedAt: () => 'now()' },
    );
  }

  /** What failed attempts in a row say of an endpoint. */
  async noteFailures(id: number, failures: number, pauseMs: number): Promise<void> {
    await this.database.query(FAILED, [id, failures, pauseMs]);
  }

  /** It could be told something: the breaker begins anew. */
  async noteSuccess(id: number): Promise<void> {
    await this.database.query(WORKS, [id]);
  }

  async delete(id: number): Promise<void> {
    await this.rows.delete({ id });
  }

  listSealed(endpointId: number): Promise<EndpointSecret[]> {
    return this.database.bind(this.secrets).find({ where: { endpointId }, order: { name: 'ASC' } });
  }

  async listSecretNames(endpointIds: readonly number[]): Promise<KnownSecret[]> {
    if (endpointIds.length === 0) return [];
    const known = await this.database.bind(this.secrets).find({
      select: { endpointId: true, name: true, setAt: true },
      where: { endpointId: In([...endpointIds]) },
      order: { endpointId: 'ASC', name: 'ASC' },
    });
    return known as (EndpointSecret & KnownSecret)[];
  }

  async setSecret(secret: Pick<EndpointSecret, 'endpointId' | 'name' | 'sealed' | 'setBy'>): Promise<void> {
    await this.database
      .bind(this.secrets)
      .upsert({ ...secret, setAt: () => 'now()' }, ['endpointId', 'name']);
  }

  listAllSealed(): Promise<EndpointSecret[]> {
    return this.database.bind(this.secrets).find();
  }

  /** Seals one otherwise, unless it is another by now; what it says stays, and so does its age. */
  async renewSecret({ endpointId, name, sealed }: EndpointSecret, renewed: Buffer): Promise<void> {
    await this.database.bind(this.secrets).update({ endpointId, name, sealed }, { sealed: renewed });
  }

  async removeSecret(endpointId: number, name: SecretName): Promise<void> {
    await this.database.bind(this.secrets).delete({ endpointId, name });
  }

  private get rows(): Repository<NotificationEndpoint> {
    return this.database.bind(this.endpoints);
  }
}
