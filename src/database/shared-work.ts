import type { PoolClient } from 'pg';

import { Log } from '../observability/log';
import type { Database } from './database';
import { fairShare } from './fair-share';
import type { Post } from './post';

/** One of the processes that share a piece of work in parts. */
export interface Sharer {
  /** Called when parts have become this process' own; an error gives them back. */
  take(parts: readonly number[]): Promise<void>;
  /** Called when parts are another's to take, or may be already: save what can be saved, and forget them. */
  leave(parts: readonly number[]): Promise<void>;
}

interface Lock {
  readonly key: number;
  readonly isShared: boolean;
  readonly pid: number;
  readonly isOwn: boolean;
}

// Every lock of ours in this database. The key is hashtext's number as an oid, which has no sign.
const LOCKS = `
  SELECT objid::bigint AS key, mode = 'ShareLock' AS "isShared", pid, pid = pg_backend_pid() AS "isOwn" FROM pg_locks
  WHERE locktype = 'advisory' AND classid = 7203452 AND objsubid = 2 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  ORDER BY pid`;
const KEYS = `
  SELECT part, hashtext($1)::bigint & 4294967295 AS "workKey", hashtext($1 || '.' || part)::bigint & 4294967295 AS "partKey"
  FROM generate_series(0, $2::integer - 1) AS part ORDER BY part`;
const JOIN = 'SELECT pg_try_advisory_lock_shared(7203452, hashtext($1)) AS joined';
const TAKE = `SELECT part FROM unnest($2::integer[]) AS part WHERE pg_try_advisory_lock(7203452, hashtext($1 || '.' || part))`;
const RELEASE = `SELECT pg_advisory_unlock(7203452, hashtext($1 || '.' || part)) FROM unnest($2::integer[]) AS part`;

const HELD = {
  name: 'shared_work_held_parts',
  text: `SELECT part FROM generate_series(0, $2::integer - 1) AS part
         WHERE hashtext($1 || '.' || part)::bigint & 4294967295 IN (
           SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND classid = 7203452 AND objsubid = 2 AND granted
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))`,
};

/** The parts that some process holds. */
export async function listHeldParts(database: Database, name: string, parts: number): Promise<number[]> {
  return (await database.query<{ part: number }>(HELD, [name, parts])).map(({ part }) => part);
}

/**
 * Work in parts, each held by one process at a time and all of them shared fairly by those that are there. A member is who holds a shared
 * lock on the work's name: each sees the same members, counts out its own share, and gives back or takes up what is missing. Nobody leads.
 */
export class SharedWork implements Post {
  private readonly held = new Set<number>();
  private isMember = false;
  private workKey = 0;
  private partKeys: readonly number[] | null = null;

  constructor(
    readonly name: string,
    private readonly parts: number,
    private readonly sharer: Sharer,
    private readonly log: Log,
  ) {}

  async seek(session: PoolClient): Promise<void> {
    this.isMember ||= await this.join(session);
    if (!this.isMember) return;
    const locks = (await session.query<Lock>(LOCKS)).rows;
    const members = locks.filter(({ key, isShared }) => isShared && key === this.workKey);
    const own = members.findIndex(({ isOwn }) => isOwn);
    if (own < 0) throw new Error(`the session has lost its share in ${this.name}`);
    const missing = fairShare(this.parts, members.length, own) - this.held.size;
    if (missing < 0) await this.giveBack(session, [...this.held].slice(missing));
    if (missing > 0) await this.takeUp(session, this.freeParts(locks).slice(0, missing));
  }

  async layDown(): Promise<void> {
    const parts = [...this.held];
    this.held.clear();
    this.isMember = false;
    if (parts.length > 0) await this.sharer.leave(parts);
  }

  /** Refused while a process of a version that held all parts in one office does so: its lock is exclusive. */
  private async join(session: PoolClient): Promise<boolean> {
    if (this.partKeys === null) {
      const { rows } = await session.query<{ workKey: number; partKey: number }>(KEYS, [
        this.name,
        this.parts,
      ]);
      this.workKey = rows[0].workKey;
      this.partKeys = rows.map(({ partKey }) => partKey);
    }
    return (await session.query<{ joined: boolean }>(JOIN, [this.name])).rows[0].joined;
  }

  private freeParts(locks: readonly Lock[]): number[] {
    const taken = new Set(locks.map(({ key }) => key));
    return (this.partKeys ?? []).flatMap((key, part) => (taken.has(key) ? [] : [part]));
  }

  private async takeUp(session: PoolClient, wanted: readonly number[]): Promise<void> {
    const { rows } = await session.query<{ part: number }>(TAKE, [this.name, wanted]);
    const parts = rows.map(({ part }) => part);
    if (parts.length === 0) return;
    for (const part of parts) this.held.add(part);
    try {
      await this.sharer.take(parts);
      this.log.info({ work: this.name, parts }, 'this process took parts of shared work');
    } catch (error) {
      await this.giveBack(session, parts);
      throw error;
    }
  }

  private async giveBack(session: PoolClient, parts: readonly number[]): Promise<void> {
    for (const part of parts) this.held.delete(part);
    try {
      await this.sharer.leave(parts);
    } finally {
      await session.query(RELEASE, [this.name, parts]);
      this.log.info({ work: this.name, parts }, 'this process gave parts of shared work back');
    }
  }
}
