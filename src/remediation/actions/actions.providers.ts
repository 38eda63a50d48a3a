import { ActionController } from './action.controller';
import { ActionRepository } from './action.repository';
import { ActionService } from './action.service';
import { ActionListService } from './action-list.service';
import { ActionMoves } from './action-moves.service';
import { ActionPlanner } from './action-planner.service';
import { ActionReportController } from './action-report.controller';
import { ActionRetentionRepository } from './action-retention.repository';
import { ActionRetention } from './action-retention.service';
import { ApprovalController } from './approval.controller';
import { ApprovalRepository } from './approval.repository';
import { ApprovalService } from './approval.service';
import { ApprovalViewService } from './approval-view.service';
import { RefusedAttempts } from './refused-attempts.service';

export const ACTION_CONTROLLERS = [ActionController, ActionReportController, ApprovalController];

/** What is to be done, and who agrees. */
export const ACTION_PROVIDERS = [
  ActionRepository,
  ActionRetention,
  ActionRetentionRepository,
  ActionService,
  ActionListService,
  ActionMoves,
  ActionPlanner,
  ApprovalRepository,
  ApprovalService,
  ApprovalViewService,
  RefusedAttempts,
];
