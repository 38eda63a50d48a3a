import { BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';

import { Log } from '../observability/log';
import { Database } from './database';

const RETRY_MS = 1_000;

/** Work that one process at a time does. */
export interface Candidate {
  /** Called when this process has become the one; an error gives the office back. */
  elected(): Promise<void>;
  /** Called when it no longer is (the database went away, or shutdown): stop, and forget what another may change now. */
  deposed(): Promise<void>;
}

interface Office {
  readonly name: string;
  readonly candidate: Candidate;
  held: boolean;
}

/**
 * Elects one process among any number for each piece of singular work, by session locks of Postgres on one connection of
 * its own: whoever dies loses its session and with it every office, so that another takes over within seconds.
 */
@Injectable()
export class Leadership implements BeforeApplicationShutdown {
  private readonly offices: Office[] = [];
  private session: PoolClient | null = null;
  private timer: NodeJS.Timeout | null = null;
  private attempt: Promise<void> | null = null;
  private stopped = false;

  constructor(
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  /** Stands for an office until shutdown. */
  campaign(name: string, candidate: Candidate): void {
    this.offices.push({ name, candidate, held: false });
    this.timer ??= setInterval(() => void this.canvass(), RETRY_MS).unref();
    void this.canvass();
  }

  /** Whether this process holds the office. */
  holds(name: string): boolean {
    return this.offices.some((office) => office.name === name && office.held);
  }

  /** Before the pool closes, which waits for every connection to come back. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer ?? undefined);
    await this.attempt;
    await this.step(this.offices.filter(({ held }) => held));
    // Closing the connection, not returning it: its locks must go with it.
    this.session?.release(true);
    this.session = null;
  }

  private async canvass(): Promise<void> {
    if (this.attempt !== null || this.stopped) return;
    this.attempt = this.tryAll()
      .catch((error: unknown) =>
        this.log.warn(
          { reason: (error as Error).message },
          'offices cannot be sought while the database is away',
        ),
      )
      .finally(() => {
        this.attempt = null;
      });
    await this.attempt;
  }

  private async tryAll(): Promise<void> {
    const session = (this.session ??= await this.openSession());
    // Also finds a session that died without an event.
    await session.query('SELECT 1').catch(async (error: unknown) => {
      await this.lose(session);
      throw error;
    });
    for (const office of this.offices) {
      if (office.held || this.stopped) continue;
      const { rows } = await session.query<{ won: boolean }>(
        'SELECT pg_try_advisory_lock(7203452, hashtext($1)) AS won',
        [office.name],
      );
      if (!rows[0].won) continue;
      office.held = true;
      try {
        await office.candidate.elected();
        this.log.info({ office: office.name }, 'this process took an office');
      } catch (error) {
        await this.step([office]);
        await session.query('SELECT pg_advisory_unlock(7203452, hashtext($1))', [office.name]);
        throw error;
      }
    }
  }

  private async openSession(): Promise<PoolClient> {
    const session = await this.database.connect();
    session.on('error', () => void this.lose(session));
    return session;
  }

  private async lose(session: PoolClient): Promise<void> {
    if (this.session !== session) return;
    this.session = null;
    session.release(true);
    await this.step(this.offices.filter(({ held }) => held));
  }

  private async step(offices: readonly Office[]): Promise<void> {
    for (const office of offices) {
      office.held = false;
      await office.candidate
        .deposed()
        .catch((error: unknown) =>
          this.log.error(error, 'an office could not be laid down in order', { office: office.name }),
        );
    }
  }
}
