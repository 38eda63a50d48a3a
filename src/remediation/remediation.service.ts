import { Injectable } from '@nestjs/common';

import { ActionRepository } from './actions/action.repository';
import type { ActionView } from './remediation.types';

/** What other domains may know of actions. */
@Injectable()
export class RemediationService {
  constructor(private readonly actions: ActionRepository) {}

  /** The action, or null where there is none that can be seen. */
  async findAction(id: number): Promise<ActionView | null> {
    const action = await this.actions.find(id);
    return (
      action && {
        id: action.id,
        anomalyId: action.anomalyId,
        type: action.actionType,
        name: action.actionName,
        description: action.description,
        status: action.status,
        priority: action.priority,
        risk: action.risk,
        requestedBy: action.requestedBy,
        approvalsRequired: action.approvalsRequired,
        expiresAt: action.expiresAt,
        outcome: action.outcome,
        error: action.errorMessage,
        finishedAt: action.finishedAt,
      }
    );
  }
}
