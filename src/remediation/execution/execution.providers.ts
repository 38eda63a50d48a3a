import { ActionLogController } from './action-log.controller';
import { ActionLogRepository } from './action-log.repository';
import { ActionLogStreamService } from './action-log-stream.service';
import { AttemptRunner } from './attempt-runner.service';
import { Dispatcher } from './dispatcher.service';
import { ExecutionController } from './execution.controller';
import { ExecutionService } from './execution.service';
import { ExecutorRegistry } from './executor-registry.service';
import { KubernetesClient } from './kubernetes.client';
import { KubernetesExecutor } from './kubernetes.executor';
import { LedgerRepository } from './ledger.repository';
import { Settlement } from './settlement.service';
import { WebhookExecutor } from './webhook.executor';

export const EXECUTION_CONTROLLERS = [ActionLogController, ExecutionController];

/** The ledger, who works it, and what touches the world. */
export const EXECUTION_PROVIDERS = [
  LedgerRepository,
  ActionLogRepository,
  ActionLogStreamService,
  Settlement,
  AttemptRunner,
  Dispatcher,
  ExecutionService,
  ExecutorRegistry,
  KubernetesClient,
  KubernetesExecutor,
  WebhookExecutor,
];
