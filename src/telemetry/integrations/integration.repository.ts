import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';

import { Database } from '../../database/database';
import { Integration } from './integration.entity';

export type NewIntegration = Pick<
  Integration,
  | 'name'
  | 'kind'
  | 'apiKeyId'
  | 'routingKeyHash'
  | 'hmacSecret'
  | 'mapping'
  | 'eventsPer5Minutes'
  | 'createdBy'
>;

export type IntegrationChange = Partial<
  Pick<
    Integration,
    'name' | 'isEnabled' | 'apiKeyId' | 'routingKeyHash' | 'hmacSecret' | 'mapping' | 'eventsPer5Minutes'
  >
>;

/** What came of an integration since it was last told. */
export interface ActivityEntry {
  readonly id: number;
  readonly events: number;
  readonly errors: number;
  readonly lastError: string | null;
}

/** In the order of the key, so that two processes that report at once wait for each other, and never crosswise. */
const ADD_ACTIVITY = {
  name: 'integration_add_activity',
  text: `WITH news AS (SELECT * FROM jsonb_to_recordset($1) AS n(id bigint, events bigint, errors bigint, last_error text)),
         locked AS (SELECT id FROM integrations WHERE id IN (SELECT id FROM news) ORDER BY id FOR UPDATE)
         UPDATE integrations i SET
           event_count = i.event_count + news.events,
           error_count = i.error_count + news.errors,
           last_event_at = CASE WHEN news.events > 0 THEN now() ELSE i.last_event_at END,
           last_error_at = CASE WHEN news.errors > 0 THEN now() ELSE i.last_error_at END,
           last_error = CASE WHEN news.errors > 0 THEN news.last_error ELSE i.last_error END
         FROM news JOIN locked USING (id) WHERE i.id = news.id`,
};

/** The SQL of integrations. */
@Injectable()
export class IntegrationRepository {
  constructor(
    @InjectRepository(Integration) private readonly integrations: Repository<Integration>,
    private readonly database: Database,
  ) {}

  list(): Promise<Integration[]> {
    return this.rows.find({ order: { name: 'ASC' } });
  }

  find(id: number): Promise<Integration | null> {
    return this.rows.findOneBy({ id });
  }

  findByApiKey(apiKeyId: number): Promise<Integration | null> {
    return this.rows.findOneBy({ apiKeyId });
  }

  findByRoutingKey(routingKeyHash: Buffer): Promise<Integration | null> {
    return this.rows.findOneBy({ routingKeyHash });
  }

  /** Whether there is one of a kind that is switched on. */
  hasEnabled(kind: Integration['kind']): Promise<boolean> {
    return this.rows.existsBy({ kind, isEnabled: true });
  }

  /** Whether another one has this name. */
  isNameTaken(name: string, exceptId: number | null): Promise<boolean> {
    const query = this.rows.createQueryBuilder('row').where('row.name = :name', { name });
    if (exceptId !== null) query.andWhere('row.id <> :exceptId', { exceptId });
    return query.getExists();
  }

  async insert(values: NewIntegration): Promise<Integration> {
    const row = this.rows.create(values);
    // TypeORM's type of what may be inserted has no place for JSON of any shape.
    await this.rows.insert(row as object);
    return this.rows.findOneByOrFail({ id: row.id });
  }

  async update(id: number, change: IntegrationChange): Promise<void> {
    // An empty change is none; TypeORM would write a statement without members.
    if (Object.keys(change).length > 0) await this.rows.update({ id }, change as object);
  }

  /** Unless it is another by now. */
  async renewHmacSecret(id: number, from: Buffer, to: Buffer): Promise<void> {
    await this.rows.update({ id, hmacSecret: from }, { hmacSecret: to });
  }

  async delete(id: number): Promise<void> {
    await this.rows.delete({ id });
  }

  async addActivity(entries: readonly ActivityEntry[]): Promise<void> {
    const news = entries.map(({ id, events, errors, lastError }) => ({
      id,
      events,
      errors,
      last_error: lastError,
    }));
    await this.database.query(ADD_ACTIVITY, [JSON.stringify(news)]);
  }

  private get rows(): Repository<Integration> {
    return this.database.bind(this.integrations);
  }
}
