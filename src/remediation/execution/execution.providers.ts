import { ExecutorRegistry } from './executor-registry.service';
import { KubernetesExecutor } from './kubernetes.executor';
import { WebhookExecutor } from './webhook.executor';

/** What touches the world. */
export const EXECUTION_PROVIDERS = [WebhookExecutor, KubernetesExecutor, ExecutorRegistry];
