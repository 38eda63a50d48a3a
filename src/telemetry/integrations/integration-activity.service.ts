import { BeforeApplicationShutdown, Injectable } from '@nestjs/common';

import { Log } from '../../observability/log';
import { ActivityEntry, IntegrationRepository } from './integration.repository';

const TELL_AFTER_MS = 1_000;
const MAX_ERROR_LENGTH = 500;

/**
 * How integrations are doing: counted in memory and told to the database once a second for all of them, so that an event costs no write of
 * its own. A process that is killed loses what it counted within that second, and no event.
 */
@Injectable()
export class IntegrationActivity implements BeforeApplicationShutdown {
  private news = new Map<number, ActivityEntry>();
  private timer: NodeJS.Timeout | null = null;
  private telling: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(
    private readonly integrations: IntegrationRepository,
    private readonly log: Log,
  ) {}

  /** Before the pool closes. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer ?? undefined);
    await this.tell();
  }

  /** Counts a post of an integration, by what was wrong with it; null where it was taken. */
  note(integrationId: number, error: string | null): void {
    this.add({
      id: integrationId,
      events: error === null ? 1 : 0,
      errors: error === null ? 0 : 1,
      lastError: error?.slice(0, MAX_ERROR_LENGTH).toWellFormed() ?? null,
    });
  }

  private add(entry: ActivityEntry): void {
    const { id } = entry;
    const known = this.news.get(id);
    this.news.set(id, {
      id,
      events: entry.events + (known?.events ?? 0),
      errors: entry.errors + (known?.errors ?? 0),
      lastError: entry.lastError ?? known?.lastError ?? null,
    });
    if (!this.isStopped) this.timer ??= setTimeout(() => void this.tell(), TELL_AFTER_MS).unref();
  }

  /** One after the other. What could not be told is told with the next. Never throws. */
  private tell(): Promise<void> {
    this.timer = null;
    this.telling = this.telling.then(async () => {
      const entries = [...this.news.values()];
      if (entries.length === 0) return;
      this.news = new Map();
      try {
        await this.integrations.addActivity(entries);
      } catch (error) {
        this.log.warn(
          { reason: (error as Error).message },
          'the counts of integrations wait for the database',
        );
        for (const entry of entries) this.add(entry);
      }
    });
    return this.telling;
  }
}
