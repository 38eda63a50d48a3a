import { AwsExecutor } from './aws.executor';
import { ExecutorRegistry } from './executor-registry.service';
import { KubernetesExecutor } from './kubernetes.executor';
import { ManifestFile } from './manifest-file.service';
import { ScriptExecutor } from './script.executor';
import { ScriptCopies } from './script-copies.service';
import { ScriptRunner } from './script-runner.service';
import { WebhookExecutor } from './webhook.executor';

/** What touches the world. */
export const EXECUTION_PROVIDERS = [
  WebhookExecutor,
  KubernetesExecutor,
  AwsExecutor,
  ManifestFile,
  ScriptCopies,
  ScriptRunner,
  ScriptExecutor,
  ExecutorRegistry,
];
