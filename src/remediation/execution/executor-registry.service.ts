import { Injectable } from '@nestjs/common';

import type { ActionType } from '../actions/action-type';
import { AwsExecutor } from './aws.executor';
import { InvalidTarget, NoExecutor } from './execution.errors';
import type { ExecutionTarget, Executor } from './executor.port';
import { KubernetesExecutor } from './kubernetes.executor';
import { ScriptExecutor } from './script.executor';
import { WebhookExecutor } from './webhook.executor';

/** Which executor acts on a target. */
@Injectable()
export class ExecutorRegistry {
  private readonly executors: readonly Executor[];

  constructor(
    webhook: WebhookExecutor,
    kubernetes: KubernetesExecutor,
    aws: AwsExecutor,
    script: ScriptExecutor,
  ) {
    this.executors = [webhook, kubernetes, aws, script];
  }

  /** Throws  NoExecutor, which says how to configure one; InvalidTarget where the target's settings cannot be used. */
  for(type: ActionType, target: ExecutionTarget | null): Executor {
    if (target === null) throw NoExecutor.withoutTarget(type);
    if (!target.isEnabled) throw NoExecutor.switchedOff(target);
    const executor = this.of(target);
    if (!executor.supports(type, target)) throw NoExecutor.notOn(type, target);
    return executor;
  }

  /** Whether `for` would give one, whatever the target's switch says. */
  canDo(type: ActionType, target: ExecutionTarget): boolean {
    try {
      return this.of(target).supports(type, target);
    } catch (error) {
      // Settings of an older release that no longer hold do nothing.
      if (error instanceof InvalidTarget) return false;
      throw error;
    }
  }

  /** The executor of a target's kind, whatever it can do. */
  of(target: ExecutionTarget): Executor {
    const executor = this.executors.find(({ kind }) => kind === target.kind);
    if (executor === undefined) throw new Error(`There is no executor of kind ${target.kind}`);
    return executor;
  }
}
