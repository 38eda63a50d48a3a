import { Injectable } from '@nestjs/common';

import type { ActionType } from '../actions/action-type';
import { OrderRefused } from './execution.errors';
import type { ExecutionTarget, Executor, StepOrder, StepOutcome } from './executor.port';
import { outcomeBeforeEffect, outcomeWhereNotHeld } from './lost-call';
import { ManifestFile } from './manifest-file.service';
import { OutputCap } from './output-cap';
import { ScriptCopies, ScriptCopy } from './script-copies.service';
import { argvOf, Script } from './script-manifest';
import { ProcessEnd, ScriptRunner } from './script-runner.service';
import { readScriptSettings, ScriptWay } from './script-settings';

const MAX_OUTPUT_BYTES = 65_536;

/** Runs scripts that the machine's manifest admits: exactly these bytes, with typed arguments, an empty environment and a limit. */
@Injectable()
export class ScriptExecutor implements Executor {
  readonly kind = 'script';

  constructor(
    private readonly manifest: ManifestFile,
    private readonly copies: ScriptCopies,
    private readonly runner: ScriptRunner,
  ) {}

  supports(type: ActionType, target: ExecutionTarget): boolean {
    return this.manifest.isConfigured && readScriptSettings(target.settings).ways.has(type);
  }

  /** By the word of the manifest; where that cannot be had, it is not. */
  isIdempotent(order: Pick<StepOrder, 'actionType' | 'target'>): boolean {
    try {
      return this.manifest.get(wayOf(order).script).isIdempotent;
    } catch {
      return false;
    }
  }

  async execute(order: StepOrder, log: (line: string) => void, signal: AbortSignal): Promise<StepOutcome> {
    let script: Script;
    let argv: string[];
    let copy: ScriptCopy;
    try {
      const way = wayOf(order);
      script = this.manifest.get(way.script);
      argv = argvOf(script, order.parameters, way.fixed, order.isDryRun);
      copy = await this.copies.place(await this.copies.read(script));
    } catch (error) {
      return outcomeBeforeEffect(error);
    }
    try {
      const lost = outcomeWhereNotHeld(order);
      if (lost !== null) return lost;
      log(`${script.name} ${JSON.stringify(argv)}`);
      const limitMs = Math.min(order.timeoutMs, script.timeoutSeconds * 1_000);
      return await this.run(script, copy, argv, AbortSignal.any([signal, AbortSignal.timeout(limitMs)]), log);
    } finally {
      await copy.remove();
    }
  }

  /** Compares every script with its digest, and runs none. */
  async check(target: ExecutionTarget): Promise<string> {
    const names = [...readScriptSettings(target.settings).ways.values()].map(({ script }) => script);
    for (const name of names) await this.copies.read(this.manifest.get(name));
    return `The scripts are those that were admitted: ${[...new Set(names)].join(', ')}`;
  }

  private async run(
    script: Script,
    { path }: ScriptCopy,
    argv: readonly string[],
    stop: AbortSignal,
    log: (line: string) => void,
  ): Promise<StepOutcome> {
    if (stop.aborted) return { kind: 'unsent', error: 'it was called off before it began', mayRetry: true };
    const output = new OutputCap(MAX_OUTPUT_BYTES, log);
    let end: ProcessEnd;
    try {
      end = await this.runner.run(path, argv, stop, (chunk) => output.write(chunk));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const advice = code === 'EACCES' ? '; TMPDIR must be where programs may be run' : '';
      return {
        kind: 'unsent',
        error: `the script ${script.name} could not be started (${code})${advice}`,
        mayRetry: code !== 'EACCES',
      };
    }
    output.end();
    return outcomeOf(script, end, output.isCut);
  }
}

function outcomeOf(
  script: Script,
  { exitCode, signal, wasStopped }: ProcessEnd,
  isCut: boolean,
): StepOutcome {
  if (wasStopped) return { kind: 'unknown', error: `the script ${script.name} was stopped before its end` };
  if (exitCode === null)
    return { kind: 'unknown', error: `the script ${script.name} was ended by ${signal}` };
  const detail = { script: script.name, exit_code: exitCode, output_cut: isCut };
  if (exitCode === 0) return { kind: 'succeeded', detail };
  const mayRetry = script.retryExitCodes.includes(exitCode);
  return {
    kind: 'failed',
    error: `the script ${script.name} ended with exit code ${exitCode}`,
    mayRetry,
    detail,
  };
}

function wayOf({ actionType, target }: Pick<StepOrder, 'actionType' | 'target'>): ScriptWay {
  const way = readScriptSettings(target.settings).ways.get(actionType);
  if (way === undefined)
    throw new OrderRefused(`the target has no script for ${actionType} in settings.scripts`);
  return way;
}
