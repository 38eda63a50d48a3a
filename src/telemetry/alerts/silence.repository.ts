import { Injectable } from '@nestjs/common';

import { Database } from '../../database/database';
import type { SilenceState, SilenceTerms } from './silence';
import type { Silence } from './silence.entity';

/** A silence with its state by the database's clock. */
export type StatedSilence = Silence & { readonly state: SilenceState };

const COLUMNS = `id, matchers, starts_at AS "startsAt", ends_at AS "endsAt", created_by AS "createdBy", comment, recorded_by AS "recordedBy",
  updated_at AS "updatedAt", CASE WHEN ends_at <= now() THEN 'expired' WHEN starts_at > now() THEN 'pending' ELSE 'active' END AS state`;

/** As long as Alertmanager keeps them. */
const KEPT = `interval '5 days'`;
const MAX_LISTED = 10_000;

const ACTIVE = {
  name: 'silences_active',
  text: `SELECT ${COLUMNS} FROM silences WHERE starts_at <= now() AND ends_at > now() ORDER BY id LIMIT ${MAX_LISTED}`,
};
const LIST = {
  name: 'silences_list',
  text: `SELECT ${COLUMNS} FROM silences WHERE ends_at > now() - ${KEPT} ORDER BY ends_at DESC, id LIMIT ${MAX_LISTED}`,
};
const FIND = { name: 'silence_find', text: `SELECT ${COLUMNS} FROM silences WHERE id = $1` };
const LOCK = { name: 'silence_lock', text: `${FIND.text} FOR UPDATE` };
const INSERT = {
  name: 'silence_insert',
  // One that should have begun begins now: the past is as it was.
  text: `INSERT INTO silences (matchers, starts_at, ends_at, created_by, comment, recorded_by)
         VALUES ($1, GREATEST($2::timestamptz, now()), GREATEST($3::timestamptz, now()), $4, $5, $6) RETURNING ${COLUMNS}`,
};
const UPDATE = {
  name: 'silence_update',
  text: `UPDATE silences SET starts_at = $2, ends_at = GREATEST($3::timestamptz, $2), created_by = $4, comment = $5, recorded_by = $6, updated_at = now()
         WHERE id = $1 RETURNING ${COLUMNS}`,
};
const EXPIRE = {
  name: 'silence_expire',
  text: `UPDATE silences SET starts_at = LEAST(starts_at, now()), ends_at = now(), updated_at = now() WHERE id = $1`,
};

/** The SQL of silences. */
@Injectable()
export class SilenceRepository {
  constructor(private readonly database: Database) {}

  /** Those in force now. */
  listActive(): Promise<StatedSilence[]> {
    return this.database.query<StatedSilence>(ACTIVE);
  }

  /** Those in force, those to come, and those that ended in the last days; the last to end first. */
  list(): Promise<StatedSilence[]> {
    return this.database.query<StatedSilence>(LIST);
  }

  async find(id: string): Promise<StatedSilence | null> {
    return (await this.database.query<StatedSilence>(FIND, [id]))[0] ?? null;
  }

  /** For a change in the open transaction. */
  async lock(id: string): Promise<StatedSilence | null> {
    return (await this.database.query<StatedSilence>(LOCK, [id]))[0] ?? null;
  }

  async insert(terms: SilenceTerms, recordedBy: string): Promise<StatedSilence> {
    return (await this.database.query<StatedSilence>(INSERT, valuesOf(terms, recordedBy)))[0];
  }

  async update(id: string, terms: SilenceTerms, recordedBy: string): Promise<StatedSilence> {
    return (
      await this.database.query<StatedSilence>(UPDATE, [id, ...valuesOf(terms, recordedBy).slice(1)])
    )[0];
  }

  async expire(id: string): Promise<void> {
    await this.database.query(EXPIRE, [id]);
  }
}

function valuesOf(
  { matchers, startsAt, endsAt, createdBy, comment }: SilenceTerms,
  recordedBy: string,
): unknown[] {
  return [JSON.stringify(matchers), startsAt, endsAt, createdBy, comment, recordedBy];
}
