import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Repository } from 'typeorm';

import { Database } from '../../database/database';
import { Heartbeat } from './heartbeat.entity';

export type NewHeartbeat = Pick<
  Heartbeat,
  'name' | 'intervalSeconds' | 'graceSeconds' | 'severity' | 'labels' | 'createdBy'
>;
export type HeartbeatChange = Partial<
  Pick<Heartbeat, 'intervalSeconds' | 'graceSeconds' | 'severity' | 'labels' | 'isEnabled'>
>;

const BEAT = {
  name: 'heartbeat_beat',
  text: `UPDATE heartbeats SET last_beat_at = now(), waiting_since = now(), missed_at = NULL WHERE id = $1`,
};

/** By the database's clock. In the order of the key; what somebody else holds at the moment is judged a second later. */
const MISS = {
  name: 'heartbeat_miss',
  text: `WITH due AS (
           SELECT id FROM heartbeats
           WHERE is_enabled AND missed_at IS NULL AND waiting_since + make_interval(secs => interval_seconds + grace_seconds) < now()
           ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 500)
         UPDATE heartbeats h SET missed_at = now() FROM due WHERE h.id = due.id RETURNING h.id`,
};

const LOCK = { name: 'heartbeat_lock', text: 'SELECT id FROM heartbeats WHERE id = $1 FOR UPDATE' };
const LOCK_BY_NAME = {
  name: 'heartbeat_lock_by_name',
  text: 'SELECT id FROM heartbeats WHERE name = $1 FOR UPDATE',
};

/** What was waited for until now is not held against a monitor that waits for something else from now on. */
const AWAIT_ANEW = {
  name: 'heartbeat_await_anew',
  text: 'UPDATE heartbeats SET waiting_since = now(), missed_at = NULL WHERE id = $1',
};

/** The SQL of heartbeats. */
@Injectable()
export class HeartbeatRepository {
  constructor(
    @InjectRepository(Heartbeat) private readonly heartbeats: Repository<Heartbeat>,
    private readonly database: Database,
  ) {}

  list(): Promise<Heartbeat[]> {
    return this.rows.find({ order: { name: 'ASC' } });
  }

  find(id: number): Promise<Heartbeat | null> {
    return this.rows.findOneBy({ id });
  }

  /** The same, held until the open transaction ends. */
  async findLocked(id: number): Promise<Heartbeat | null> {
    await this.database.query(LOCK, [id]);
    return this.find(id);
  }

  async findLockedByName(name: string): Promise<Heartbeat | null> {
    await this.database.query(LOCK_BY_NAME, [name]);
    return this.rows.findOneBy({ name });
  }

  /** Null where the name is taken. */
  async insert(heartbeat: NewHeartbeat): Promise<Heartbeat | null> {
    const inserted = await this.rows
      .createQueryBuilder()
      .insert()
      .values(heartbeat)
      .orIgnore()
      .returning('id')
      .execute();
    const [row] = inserted.raw as { id: string | number }[];
    return row === undefined ? null : this.find(Number(row.id));
  }

  async update(id: number, change: HeartbeatChange): Promise<void> {
    if (Object.keys(change).length > 0) await this.rows.update({ id }, change);
  }

  async delete(id: number): Promise<void> {
    await this.rows.delete({ id });
  }

  /** It lives, as of now. */
  async beat(id: number): Promise<void> {
    await this.database.query(BEAT, [id]);
  }

  async awaitAnew(id: number): Promise<void> {
    await this.database.query(AWAIT_ANEW, [id]);
  }

  /** Marks those that should have come by now; returns them. */
  async miss(): Promise<Heartbeat[]> {
    const due = await this.database.query<{ id: number }>(MISS);
    if (due.length === 0) return [];
    return this.rows.findBy({ id: In(due.map(({ id }) => id)) });
  }

  private get rows(): Repository<Heartbeat> {
    return this.database.bind(this.heartbeats);
  }
}
