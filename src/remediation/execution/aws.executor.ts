import { setTimeout as delay } from 'node:timers/promises';

import { Injectable } from '@nestjs/common';

import { EgressClient } from '../../egress/egress.client';
import type { ActionType } from '../actions/action-type';
import { awsClientConfig } from './aws.client';
import { isAwsRefusal, judgeAwsRefusal } from './aws-answer';
import { awsMove, describe, RunWatch } from './aws-moves.client';
import { awsVerb, isIdempotentOperation } from './aws-order';
import { readAwsSettings } from './aws-settings';
import { OrderRefused } from './execution.errors';
import type { ExecutionTarget, Executor, StepOrder, StepOutcome } from './executor.port';
import type { JsonObject } from './json';
import { outcomeBeforeEffect, outcomeOfLostCall, outcomeWhereNotHeld } from './lost-call';
import { withoutSecrets } from './redacted-outcome';
import type { RunEnd } from './ssm-run';

const LOOK_MS = 2_000;

/** Acts on what AWS runs: looks first, then makes the one call that its settings name, with the target's own credentials. */
@Injectable()
export class AwsExecutor implements Executor {
  readonly kind = 'aws';

  constructor(private readonly egress: EgressClient) {}

  supports(type: ActionType, target: ExecutionTarget): boolean {
    return readAwsSettings(target.settings).ways.has(type);
  }

  isIdempotent({
    actionType,
    parameters,
    target,
  }: Pick<StepOrder, 'actionType' | 'parameters' | 'target'>): boolean {
    const way = readAwsSettings(target.settings).ways.get(actionType);
    return way !== undefined && isIdempotentOperation(way.operation, (parameters.replicas ?? null) !== null);
  }

  async execute(order: StepOrder, log: (line: string) => void, signal: AbortSignal): Promise<StepOutcome> {
    let isActing = false;
    try {
      const settings = readAwsSettings(order.target.settings);
      const verb = awsVerb(settings, order);
      const inTime = AbortSignal.any([signal, AbortSignal.timeout(order.timeoutMs)]);
      const config = awsClientConfig(this.egress, order.target, settings, inTime);
      const { detail, rehearse, act } = await awsMove(config, settings, verb, order);
      log(`${order.target.name}: ${JSON.stringify(detail)}`);
      await rehearse?.();
      if (order.isDryRun) return { kind: 'succeeded', detail: { ...detail, dry_run: true } };
      const lost = outcomeWhereNotHeld(order);
      if (lost !== null) return lost;
      isActing = act !== null;
      const run = (await act?.()) ?? null;
      if (run === null) return { kind: 'succeeded', detail: { ...detail, changed: act !== null } };
      log(`AWS has taken it as ${run.id}`);
      return await ended(run, detail, log, inTime);
    } catch (error) {
      return withoutSecrets(outcomeOf(error, isActing), order.target.secrets);
    }
  }

  async check(target: ExecutionTarget, signal: AbortSignal): Promise<string> {
    const settings = readAwsSettings(target.settings);
    const config = awsClientConfig(this.egress, target, settings, signal);
    const seen: string[] = [];
    for (const [type, way] of settings.ways)
      for (const resource of way.resources.length > 0 ? way.resources : [way.document ?? '']) {
        try {
          await describe(config, way.operation, way.cluster, resource, way.document);
        } catch (error) {
          const outcome = outcomeOf(error, false);
          throw new OrderRefused(`${type}, ${resource}: ${'error' in outcome ? outcome.error : ''}`);
        }
        seen.push(resource);
      }
    return `AWS answers, and knows ${[...new Set(seen)].join(', ')}`;
  }
}

/** Waits for the end of a run; where the time is over, or it cannot be asked, it is unknown: it has begun. */
async function ended(
  { id, look }: RunWatch,
  detail: JsonObject,
  log: (line: string) => void,
  inTime: AbortSignal,
): Promise<StepOutcome> {
  for (;;) {
    let end: RunEnd | null = null;
    try {
      end = await look();
    } catch (error) {
      // A run that was taken is not always known at once, and asking may be throttled.
      if (inTime.aborted || !isAwsRefusal(error))
        return { kind: 'unknown', error: `what became of ${id} could not be asked` };
    }
    if (end !== null) {
      log(`${id}: ${end.words}`);
      return end.hasSucceeded
        ? { kind: 'succeeded', detail: { ...detail, run_id: id, changed: true } }
        : { kind: 'failed', error: `${id} did not succeed: ${end.words}`, mayRetry: false };
    }
    try {
      await delay(LOOK_MS, undefined, { signal: inTime });
    } catch {
      return { kind: 'unknown', error: `${id} goes on; its time was over before it ended` };
    }
  }
}

function outcomeOf(error: unknown, isActing: boolean): StepOutcome {
  if (isAwsRefusal(error)) return judgeAwsRefusal(error, isActing);
  return isActing ? outcomeOfLostCall(error) : outcomeBeforeEffect(error);
}
