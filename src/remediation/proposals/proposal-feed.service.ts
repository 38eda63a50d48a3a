import { Injectable, OnApplicationBootstrap, OnModuleInit } from '@nestjs/common';

import { AnomalyService } from '../../anomaly/anomaly.service';
import { ServerConfig } from '../../config/sections';
import { Database } from '../../database/database';
import { Leadership } from '../../database/leadership';
import { EventsService } from '../../events/events.service';
import { Log } from '../../observability/log';
import { ProposalService } from './proposal.service';
import { ProposalCursorRepository } from './proposal-cursor.repository';

const OFFICE = 'remediation-proposals';
const POLL_MS = 500;
const LINES_A_READ = 100;

/**
 * Looks at every anomaly that opens, in commit order, in one process at a time, once: what is proposed and how far was looked are of one
 * transaction. It follows the history instead of an event, so that whoever reports anomalies does no more for it.
 */
@Injectable()
export class ProposalFeed implements OnModuleInit, OnApplicationBootstrap {
  private timer: NodeJS.Timeout | null = null;
  private looking: Promise<void> | null = null;

  constructor(
    private readonly anomalies: AnomalyService,
    private readonly proposals: ProposalService,
    private readonly cursor: ProposalCursorRepository,
    private readonly events: EventsService,
    private readonly leadership: Leadership,
    private readonly database: Database,
    private readonly server: ServerConfig,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.events.subscribe('anomaly.released', 'remediation', ({ anomalyId }) =>
      this.database.run(async () => {
        // One look at a time, whichever way it comes: two would not see what the other proposes for the same target.
        await this.cursor.lock();
        await this.proposals.consider(anomalyId);
      }),
    );
    this.events.subscribe('action.finished', 'rollback', ({ actionId }) =>
      this.proposals.proposeRollback(actionId),
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
        await this.looking;
      },
    });
  }

  private look(): void {
    this.looking ??= this.readOn()
      .catch((error: unknown) =>
        this.log.warn({ reason: (error as Error).message }, 'anomalies could not be looked at for proposals'),
      )
      .finally(() => {
        this.looking = null;
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
          await this.proposals.consider(anomalyId);
        await this.cursor.advance(last.place);
      });
    }
  }
}
