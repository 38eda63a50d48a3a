import { ExecutorRegistry } from './executor-registry.service';
import { WebhookExecutor } from './webhook.executor';

/** What touches the world. */
export const EXECUTION_PROVIDERS = [WebhookExecutor, ExecutorRegistry];
