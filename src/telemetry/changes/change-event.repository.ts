import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository, SelectQueryBuilder } from 'typeorm';

import type { PageRequest } from '../../common/http/pagination';
import { Database } from '../../database/database';
import type { SettlingChange, SettlingTerms } from '../telemetry.types';
import type { ChangeEvent } from './change-event';
import { ChangeEventEntity } from './change-event.entity';

/** Which changes are listed: half-open in time. */
export interface ChangeFilter {
  readonly service?: string;
  readonly from?: Date;
  readonly to?: Date;
}

const INSERT = {
  name: 'change_event_insert',
  text: `INSERT INTO change_events (source, service, summary, changed_at, settle_seconds, details, integration_id, event_hash)
         VALUES ($1, $2, $3, coalesce(to_timestamp($4::double precision / 1000), now()), $5, $6, $7, $8)
         ON CONFLICT ON CONSTRAINT change_event_once DO NOTHING RETURNING id`,
};

// Of a service that was changed more than once, the change that settles last.
const SETTLING = {
  name: 'change_event_settling',
  text: `SELECT id, service, summary, until FROM (
           SELECT DISTINCT ON (service) id, service, summary,
             changed_at + make_interval(secs => LEAST(coalesce(settle_seconds, $1), $2)) AS until
           FROM change_events
           WHERE service IS NOT NULL AND changed_at <= clock_timestamp() AND changed_at > clock_timestamp() - make_interval(secs => $2)
           ORDER BY service, until DESC, id DESC) AS latest
         WHERE until > clock_timestamp() ORDER BY id`,
};

/** The SQL of changes. */
@Injectable()
export class ChangeEventRepository {
  constructor(
    @InjectRepository(ChangeEventEntity) private readonly changes: Repository<ChangeEventEntity>,
    private readonly database: Database,
  ) {}

  /** Returns its id; null where it was told before. */
  async insert(
    change: ChangeEvent,
    integrationId: number | null,
    eventHash: Buffer | null,
  ): Promise<number | null> {
    const { source, service, summary, atMs, settleSeconds, details } = change;
    const values = [
      source,
      service,
      summary,
      atMs,
      settleSeconds,
      JSON.stringify(details),
      integrationId,
      eventHash,
    ];
    const [row] = await this.database.query<{ id: number }>(INSERT, values);
    return row === undefined ? null : Number(row.id);
  }

  find(id: number): Promise<ChangeEventEntity | null> {
    return this.rows.findOneBy({ id });
  }

  /** The changes that settle now, by the database's clock: one a service. */
  listSettling({ usualSeconds, longestSeconds }: SettlingTerms): Promise<SettlingChange[]> {
    return this.database.query<SettlingChange>(SETTLING, [usualSeconds, longestSeconds]);
  }

  /** A page, the newest change first, with the number of all. */
  list(
    { service, from, to }: ChangeFilter,
    { page, perPage }: PageRequest,
  ): Promise<[ChangeEventEntity[], number]> {
    const query: SelectQueryBuilder<ChangeEventEntity> = this.rows
      .createQueryBuilder('row')
      .orderBy('row.changedAt', 'DESC')
      .addOrderBy('row.id', 'DESC')
      .skip((page - 1) * perPage)
      .take(perPage);
    if (service !== undefined) query.andWhere('row.service = :service', { service });
    if (from !== undefined) query.andWhere('row.changedAt >= :from', { from });
    if (to !== undefined) query.andWhere('row.changedAt < :to', { to });
    return query.getManyAndCount();
  }

  private get rows(): Repository<ChangeEventEntity> {
    return this.database.bind(this.changes);
  }
}
