import { BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';

import { Log } from '../observability/log';
import { Database } from './database';
import { type Candidate, Office } from './office';
import type { Post } from './post';
import { listHeldParts, SharedWork, type Sharer } from './shared-work';

export type { Candidate } from './office';
export type { Sharer } from './shared-work';

const RETRY_MS = 1_000;

/**
 * Says which of any number of processes does a piece of singular work, or which part of shared work, by session locks of Postgres on one
 * connection of its own: whoever dies loses its session and with it every lock, so that another takes over within seconds.
 */
@Injectable()
export class Leadership implements BeforeApplicationShutdown {
  private readonly posts: Post[] = [];
  private session: PoolClient | null = null;
  private timer: NodeJS.Timeout | null = null;
  private attempt: Promise<void> | null = null;
  private layingDown: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  /** Stands for an office until shutdown. */
  campaign(name: string, candidate: Candidate): void {
    this.stand(new Office(name, candidate, this.log));
  }

  /** Shares work in parts, numbered from 0, with every other process that does, until shutdown. */
  share(name: string, parts: number, sharer: Sharer): void {
    this.stand(new SharedWork(name, parts, sharer, this.log));
  }

  /** Whether this process holds the office. */
  holds(name: string): boolean {
    return this.posts.some((post) => post instanceof Office && post.name === name && post.isHeld);
  }

  /** The parts of shared work that some process holds, whichever. */
  listHeld(name: string, parts: number): Promise<number[]> {
    return listHeldParts(this.database, name, parts);
  }

  /** Before the pool closes, which waits for every connection to come back. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer ?? undefined);
    await this.attempt;
    await this.layDownAll();
    // Closing the connection, not returning it: its locks must go with it.
    this.session?.release(true);
    this.session = null;
  }

  private stand(post: Post): void {
    this.posts.push(post);
    this.timer ??= setInterval(() => void this.canvass(), RETRY_MS).unref();
    void this.canvass();
  }

  private async canvass(): Promise<void> {
    if (this.attempt !== null || this.stopped) return;
    this.attempt = this.seekAll()
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

  private async seekAll(): Promise<void> {
    // What went with the last session is laid down before it is sought in another.
    await this.layingDown;
    const session = (this.session ??= await this.openSession());
    // Also finds a session that died without an event.
    await session.query('SELECT 1').catch((error: unknown) => {
      this.lose(session);
      throw error;
    });
    for (const post of this.posts) {
      if (this.stopped) return;
      await post.seek(session);
    }
  }

  private async openSession(): Promise<PoolClient> {
    const session = await this.database.connect();
    session.on('error', () => this.lose(session));
    return session;
  }

  private lose(session: PoolClient): void {
    if (this.session !== session) return;
    this.session = null;
    session.release(true);
    this.layingDown = this.layDownAll();
  }

  private async layDownAll(): Promise<void> {
    for (const post of this.posts)
      await post
        .layDown()
        .catch((error: unknown) =>
          this.log.error(error, 'an office could not be laid down in order', { office: post.name }),
        );
  }
}
