import { ActionLogController } from './action-log.controller';
import { ActionLogRepository } from './action-log.repository';
import { ActionLogStreamService } from './action-log-stream.service';
import { ActionStart } from './action-start.service';
import { AttemptRunner } from './attempt-runner.service';
import { AwsExecutor } from './aws.executor';
import { Dispatcher } from './dispatcher.service';
import { ExecutionController } from './execution.controller';
import { ExecutionService } from './execution.service';
import { ExecutionMetrics } from './execution-metrics.service';
import { ExecutorRegistry } from './executor-registry.service';
import { KubernetesExecutor } from './kubernetes.executor';
import { LedgerRepository } from './ledger.repository';
import { ManifestFile } from './manifest-file.service';
import { OpenWorkRepository } from './open-work.repository';
import { ScriptExecutor } from './script.executor';
import { ScriptCopies } from './script-copies.service';
import { ScriptRunner } from './script-runner.service';
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
  ActionStart,
  ExecutionService,
  ExecutionMetrics,
  OpenWorkRepository,
  ExecutorRegistry,
  KubernetesExecutor,
  AwsExecutor,
  ManifestFile,
  ScriptCopies,
  ScriptRunner,
  ScriptExecutor,
  WebhookExecutor,
];
