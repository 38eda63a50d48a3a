import type { PoolClient } from 'pg';

import { Log } from '../observability/log';
import type { Post } from './post';

/** Work that one process at a time does. */
export interface Candidate {
  /** Called when this process has become the one; an error gives the office back. */
  elected(): Promise<void>;
  /** Called when it no longer is (the database went away, or shutdown): stop, and forget what another may change now. */
  deposed(): Promise<void>;
}

/** The office of one piece of work: whoever holds its session lock. */
export class Office implements Post {
  isHeld = false;

  constructor(
    readonly name: string,
    private readonly candidate: Candidate,
    private readonly log: Log,
  ) {}

  async seek(session: PoolClient): Promise<void> {
    if (this.isHeld) return;
    const { rows } = await session.query<{ won: boolean }>(
      'SELECT pg_try_advisory_lock(7203452, hashtext($1)) AS won',
      [this.name],
    );
    if (!rows[0].won) return;
    this.isHeld = true;
    try {
      await this.candidate.elected();
      this.log.info({ office: this.name }, 'this process took an office');
    } catch (error) {
      await this.layDown().finally(() =>
        session.query('SELECT pg_advisory_unlock(7203452, hashtext($1))', [this.name]),
      );
      throw error;
    }
  }

  async layDown(): Promise<void> {
    if (!this.isHeld) return;
    this.isHeld = false;
    await this.candidate.deposed();
  }
}
