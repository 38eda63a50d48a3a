import { Injectable } from '@nestjs/common';

import { PageRequest, paginate, Pagination } from '../../common/http/pagination';
import { ActionLogRepository } from '../execution/action-log.repository';
import { LedgerRepository } from '../execution/ledger.repository';
import { ActionLogEntry } from '../execution/log-entry.entity';
import { RemediationStep } from '../execution/step.entity';
import { describeFreeze } from '../freezes/freeze-in-force';
import { Freezes } from '../freezes/freezes.service';
import { Rail, RAIL_WORDS } from '../policy/rails';
import { RemediationAction } from './action.entity';
import { ActionNotFound } from './action.errors';
import { ActionRepository } from './action.repository';
import type { ActionFilter } from './action.types';
import { ActionStatistics, actionStatistics } from './action-statistics';

/** No export is larger than this. */
const EXPORT_CAP = 1_000_000;

/** What keeps a step from being claimed, and why in words. */
export interface Wait {
  readonly rail: Rail;
  readonly reason: string;
}

/** What an action is doing: its steps, and what keeps the one that waits. */
export interface ActionProgress {
  readonly action: RemediationAction;
  readonly steps: readonly RemediationStep[];
  readonly waitingFor: readonly Wait[];
}

/** Reading actions: lists, statistics, exports, logs, progress. */
@Injectable()
export class ActionListService {
  constructor(
    private readonly actions: ActionRepository,
    private readonly ledger: LedgerRepository,
    private readonly log: ActionLogRepository,
    private readonly freezes: Freezes,
  ) {}

  async list(
    filter: ActionFilter,
    request: PageRequest,
  ): Promise<{ actions: RemediationAction[]; pagination: Pagination }> {
    const [actions, total] = await this.actions.list(filter, request);
    return { actions, pagination: paginate(request, total) };
  }

  async stats(): Promise<ActionStatistics> {
    return actionStatistics(await this.actions.counts());
  }

  /** Streams what a filter matches, newest first. */
  export(filter: ActionFilter): AsyncGenerator<RemediationAction> {
    return this.actions.stream(filter, EXPORT_CAP);
  }

  /** Throws  ActionNotFound. */
  async listLog(
    id: number,
    request: PageRequest,
  ): Promise<{ entries: ActionLogEntry[]; pagination: Pagination }> {
    await this.require(id);
    const [entries, total] = await this.log.list(id, request);
    return { entries, pagination: paginate(request, total) };
  }

  /** Throws  ActionNotFound. */
  async progress(id: number): Promise<ActionProgress> {
    const action = await this.require(id);
    const [steps, rails] = await Promise.all([this.ledger.listOf(id), this.ledger.waitingFor(id)]);
    const waitingFor = rails.map((rail) => ({ rail, reason: RAIL_WORDS[rail] }));
    return {
      action,
      steps,
      waitingFor: rails.includes('freeze_calendar') ? await this.naming(id, waitingFor) : waitingFor,
    };
  }

  /** With the calendars that are in force, and until when. */
  private async naming(id: number, waits: readonly Wait[]): Promise<Wait[]> {
    const freezes = await this.freezes.listHoldingAction(id);
    return waits.map(({ rail, reason }) =>
      rail === 'freeze_calendar' && freezes.length > 0
        ? { rail, reason: freezes.map(describeFreeze).join('; ') }
        : { rail, reason },
    );
  }

  private async require(id: number): Promise<RemediationAction> {
    const action = await this.actions.find(id);
    if (action === null) throw new ActionNotFound(id);
    return action;
  }
}
