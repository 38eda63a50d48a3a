import { setTimeout as delay } from 'node:timers/promises';

import { ActionLogLine, ApprovalView, RemediationAction } from './product-answers';
import { ProductClient } from './product-client';
import { hasEnded, planLines, targetWords, trailLine } from './remedy-words';
import { Remedy } from './scenarios';
import { Terminal } from './terminal';

/** As if somebody read what they are asked. */
const READING_MS = 3_000;
const DONE_LIMIT_SECONDS = 45;
/** An anomaly ends a minute after its series is as usual again. */
const JUDGED_LIMIT_SECONDS = 180;
const ROLLED_BACK_LIMIT_SECONDS = 45;
const LOOK_MS = 250;

/** What became of one remedy; seconds since the anomaly opened where nothing else is said. */
export interface AttemptReport {
  readonly remedy: Remedy;
  readonly action: RemediationAction | null;
  readonly proposedAfterSeconds: number | null;
  readonly doneAtMs: number | null;
  /** Seconds from its end until the product knew whether it had helped. */
  readonly judgedAfterSeconds: number | null;
  /** What took it back. */
  readonly rollback: RemediationAction | null;
  readonly complaints: readonly string[];
}

/** One remedy from its proposal to the verdict on it, and to its rollback where it did not help. */
export class Attempt {
  private readonly toldUpTo = new Map<string, number>();

  constructor(
    private readonly client: ProductClient,
    private readonly terminal: Terminal,
    private readonly signal: AbortSignal,
    private readonly remedy: Remedy,
  ) {}

  /** Reads the plan, approves it, has it executed, and follows it until the product says whether it has helped; shows the whole trail. */
  async make(proposed: RemediationAction, openedAtMs: number): Promise<AttemptReport> {
    const { client, terminal, remedy } = this;
    // The product may have proposed it before the news of the anomaly had come to us.
    const proposedAfterSeconds = Math.max(0, (Date.parse(proposed.created_at) - openedAtMs) / 1_000);
    const path = pathOf(proposed);
    terminal.progress('  a person reads the plan …');
    await this.tellNews(path);
    const { approval } = await client.get<{ approval: ApprovalView }>(`${path}/approval`);
    this.sayAside([...planLines(approval), `${client.url}${path}/approval`]);
    await delay(READING_MS, undefined, { signal: this.signal });

    await client.post(`${path}/approve`, { plan_hash: proposed.plan_hash, comment: 'go ahead' });
    await client.post(`${path}/execute`, { reason: `anomaly #${proposed.anomaly_id}` });
    const ended = await this.follow(path, hasEnded, DONE_LIMIT_SECONDS, 'approved; the product has it done');
    this.sayAside(targetWords(ended).map((said) => `the service said: ${said}`));
    const isDone = ended.status === 'completed' && ended.finished_at !== null;
    const action = isDone
      ? await this.follow(
          path,
          isJudged,
          JUDGED_LIMIT_SECONDS,
          'done; the product looks whether it has helped',
        )
      : ended;
    const rollback = remedy.shouldHelp ? null : await this.followRollback(action);
    const doneAtMs = isDone ? Date.parse(ended.finished_at) : null;
    return {
      remedy,
      action,
      proposedAfterSeconds,
      doneAtMs,
      judgedAfterSeconds: doneAtMs === null || !isJudged(action) ? null : (Date.now() - doneAtMs) / 1_000,
      rollback,
      complaints: complaintsOf(remedy, action, rollback),
    };
  }

  /** What takes back an action that did not help, seen to its end; null where nothing does in time. */
  private async followRollback({ id }: RemediationAction): Promise<RemediationAction | null> {
    const deadline = Date.now() + ROLLED_BACK_LIMIT_SECONDS * 1_000;
    while (Date.now() < deadline) {
      this.terminal.progress('  it has not helped; the product takes it back …');
      const { remediation_actions: actions } = await this.client.get<{
        remediation_actions: RemediationAction[];
      }>('/api/remediation/actions?per_page=20');
      const rollback = actions.find(({ rollback_of: of }) => of === id);
      if (rollback !== undefined)
        return this.follow(
          pathOf(rollback),
          hasEnded,
          ROLLED_BACK_LIMIT_SECONDS,
          'the product takes it back',
        );
      await delay(LOOK_MS, undefined, { signal: this.signal });
    }
    return null;
  }

  /** The action when it is so, or when the time is up. */
  private async follow(
    path: string,
    isSo: (action: RemediationAction) => boolean,
    limitSeconds: number,
    what: string,
  ): Promise<RemediationAction> {
    const startedAtMs = Date.now();
    for (;;) {
      const seconds = (Date.now() - startedAtMs) / 1_000;
      this.terminal.progress(`  ${what} … ${seconds.toFixed(0)} s`);
      const { remediation_action: action } = await this.client.get<{ remediation_action: RemediationAction }>(
        path,
      );
      await this.tellNews(path);
      if (isSo(action) || seconds > limitSeconds) return action;
      await delay(LOOK_MS, undefined, { signal: this.signal });
    }
  }

  /** The lines of an action's log that have not been shown yet. */
  private async tellNews(path: string): Promise<void> {
    const { logs } = await this.client.get<{ logs: ActionLogLine[] }>(`${path}/logs?per_page=100`);
    const told = this.toldUpTo.get(path) ?? 0;
    const news = logs.filter(({ id }) => id > told);
    this.toldUpTo.set(path, news.at(-1)?.id ?? told);
    this.terminal.say(...news.map(trailLine));
  }

  private sayAside(lines: readonly string[]): void {
    this.terminal.say(...lines.map((line) => this.terminal.style('dim', `            ${line}`)));
  }
}

function pathOf({ id }: RemediationAction): string {
  return `/api/remediation/actions/${id}`;
}

function isJudged({ outcome }: RemediationAction): boolean {
  return outcome !== null;
}

function complaintsOf(
  { action_type: type, shouldHelp }: Remedy,
  action: RemediationAction,
  rollback: RemediationAction | null,
): string[] {
  if (action.status !== 'completed')
    return [`${type} is ${action.status}: ${action.error_message ?? 'no error is known'}`];
  const due = shouldHelp ? 'verified' : 'no_effect';
  if (action.outcome !== due)
    return [`${type} ended ${action.outcome ?? 'without a verdict'} instead of ${due}`];
  return shouldHelp || rollback?.status === 'completed' ? [] : [`${type} was not taken back`];
}
