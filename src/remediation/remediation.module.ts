import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { AnomalyModule } from '../anomaly/anomaly.module';
import { ActionController } from './actions/action.controller';
import { ActionRepository } from './actions/action.repository';
import { ActionService } from './actions/action.service';
import { ActionListService } from './actions/action-list.service';
import { ActionMoves } from './actions/action-moves.service';
import { ActionPlanner } from './actions/action-planner.service';
import { ActionReportController } from './actions/action-report.controller';
import { ApprovalController } from './actions/approval.controller';
import { ApprovalRepository } from './actions/approval.repository';
import { ApprovalService } from './actions/approval.service';
import { ApprovalViewService } from './actions/approval-view.service';
import { RefusedAttempts } from './actions/refused-attempts.service';
import { ActionLogController } from './execution/action-log.controller';
import { ActionLogRepository } from './execution/action-log.repository';
import { ActionLogStreamService } from './execution/action-log-stream.service';
import { AttemptRunner } from './execution/attempt-runner.service';
import { Dispatcher } from './execution/dispatcher.service';
import { EXECUTION_PROVIDERS } from './execution/execution.providers';
import { ExecutionController } from './execution/execution.controller';
import { ExecutionService } from './execution/execution.service';
import { ExecutorRegistry } from './execution/executor-registry';
import { LedgerRepository } from './execution/ledger.repository';
import { Settlement } from './execution/settlement.service';
import { LimitsRepository } from './policy/limits.repository';
import { LimitsService } from './policy/limits.service';
import { PolicyController } from './policy/policy.controller';
import { PolicyRepository } from './policy/policy.repository';
import { PolicyService } from './policy/policy.service';
import { REMEDIATION_ENTITIES } from './remediation.entities';
import { TargetService } from './targets/target.service';

@Module({
  imports: [TypeOrmModule.forFeature(REMEDIATION_ENTITIES), AnomalyModule],
  controllers: [
    ActionController,
    ActionReportController,
    ActionLogController,
    ApprovalController,
    ExecutionController,
    PolicyController,
  ],
  providers: [
    TargetService,
    ...EXECUTION_PROVIDERS,
    ExecutorRegistry,
    ActionRepository,
    ActionService,
    ActionListService,
    ActionMoves,
    ActionPlanner,
    ApprovalRepository,
    ApprovalService,
    ApprovalViewService,
    RefusedAttempts,
    ActionLogRepository,
    ActionLogStreamService,
    LedgerRepository,
    Settlement,
    AttemptRunner,
    Dispatcher,
    ExecutionService,
    LimitsRepository,
    LimitsService,
    PolicyRepository,
    PolicyService,
  ],
})
export class RemediationModule {}
