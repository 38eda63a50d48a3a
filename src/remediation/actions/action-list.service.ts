import { Injectable } from '@nestjs/common';

import { PageRequest, paginate, Pagination } from '../../common/http/pagination';
import { ActionLogRepository } from '../execution/action-log.repository';
import { LedgerRepository } from '../execution/ledger.repository';
import { ActionLogEntry } from '../execution/log-entry.entity';
import { RemediationStep } from '../execution/step.entity';
import { Rail } from '../policy/rails';
import { RemediationAction } from './action.entity';
import { ActionNotFound } from './action.errors';
import { ActionRepository } from './action.repository';
import type { ActionFilter } from './action.types';
import { ActionStatistics, actionStatistics } from './action-statistics';

/** No export is larger than this. */
const EXPORT_CAP = 1_000_000;

/** What an action is doing: its steps, and what keeps the one that waits. */
export interface ActionProgress {
  readonly action: RemediationAction;
  readonly steps: readonly RemediationStep[];
  readonly waitingFor: readonly Rail[];
}

/** Reading actions: lists, statistics, exports, logs, progress. */
@Injectable()
export class ActionListService {
  constructor(
    private readonly actions: ActionRepository,
    private readonly ledger: LedgerRepository,
    private readonly log: ActionLogRepository,
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
    const [steps, waitingFor] = await Promise.all([this.ledger.listOf(id), this.ledger.waitingFor(id)]);
    return { action, steps, waitingFor };
  }

  private async require(id: number): Promise<RemediationAction> {
    const action = await this.actions.find(id);
    if (action === null) throw new ActionNotFound(id);
    return action;
  }
}
