import { Injectable, OnApplicationBootstrap, OnModuleInit } from '@nestjs/common';

import { AnomalyService } from '../../anomaly/anomaly.service';
import { ServerConfig } from '../../config/sections';
import { Database } from '../../database/database';
import { Leadership } from '../../database/leadership';
import { EventsService } from '../../events/events.service';
import { Log } from '../../observability/log';
import { Announcer } from './announcer.service';
import { NoticeCursorRepository } from './notice-cursor.repository';

const OFFICE = 'notification-feed';
const SUBSCRIBER = 'notification';
const POLL_MS = 500;
const LINES_A_READ = 100;

/**
 * Hears of what people are told: anomalies out of their history, in commit order and in one process at a time, so that whoever reports
 * them does no more for it; all else by events. A notice and the place in the history are of one transaction.
 */
@Injectable()
export class NoticeFeed implements OnModuleInit, OnApplicationBootstrap {
  private timer: NodeJS.Timeout | null = null;
  private reading: Promise<void> | null = null;

  constructor(
    private readonly anomalies: AnomalyService,
    private readonly announcer: Announcer,
    private readonly cursor: NoticeCursorRepository,
    private readonly events: EventsService,
    private readonly leadership: Leadership,
    private readonly database: Database,
    private readonly server: ServerConfig,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.events.subscribe('anomaly.released', SUBSCRIBER, ({ anomalyId }) =>
      this.announcer.announceAnomaly(anomalyId),
    );
    this.events.subscribe('action.proposed', SUBSCRIBER, ({ actionId }) =>
      this.announcer.announceApproval(actionId),
    );
    this.events.subscribe('action.finished', SUBSCRIBER, ({ actionId }) =>
      this.announcer.announceEnd(actionId),
    );
  }

  onApplicationBootstrap(): void {
    if (this.server.role === 'api') return;
    this.leadership.campaign(OFFICE, {
      elected: async () => {
        await this.cursor.open(await this.anomalies.endOfHistory());
        this.timer = setInterval(() => this.look(), POLL_MS);
      },
      deposed: async () => {
        clearInterval(this.timer ?? undefined);
        this.timer = null;
        await this.reading;
      },
    });
  }

  private look(): void {
    this.reading ??= this.readOn()
      .catch((error: unknown) =>
        this.log.warn({ reason: (error as Error).message }, 'what happens to anomalies could not be told'),
      )
      .finally(() => {
        this.reading = null;
      });
  }

  private async readOn(): Promise<void> {
    // An idle look costs no lock and leaves no trace.
    while (
      this.timer !== null &&
      (await this.anomalies.listHistoryAfter(await this.cursor.read(), 1)).length > 0
    ) {
      await this.database.run(async () => {
        const lines = await this.anomalies.listHistoryAfter(await this.cursor.lock(), LINES_A_READ);
        const last = lines.at(-1);
        if (last === undefined) return;
        const opened = lines.filter(({ event }) => event === 'opened' || event === 'reopened');
        for (const anomalyId of new Set(opened.map((line) => line.anomalyId)))
          await this.announcer.announceAnomaly(anomalyId);
        await this.cursor.advance(last.place);
      });
    }
  }
}
