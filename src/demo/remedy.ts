import { setTimeout as delay } from 'node:timers/promises';

import { ActionLogLine, ApprovalView, RemediationAction } from './product-answers';
import { ProductClient } from './product-client';
import { hasEnded, planLines, targetWords, trailLine } from './remedy-words';
import { Terminal } from './terminal';

const PROPOSED_LIMIT_SECONDS = 20;
/** As if somebody read what they are asked. */
const READING_MS = 3_000;
const DONE_LIMIT_SECONDS = 45;
const LOOK_MS = 250;

/** What the operator connects to the product. */
interface RemedyPlan {
  readonly job: string;
  readonly metric: string;
  readonly url: string;
  readonly signingSecret: string;
}

/** What became of an anomaly's remedy, in seconds since the anomaly opened. */
export interface RemedyReport {
  readonly action: RemediationAction | null;
  readonly proposedAfterSeconds: number | null;
  readonly doneAfterSeconds: number | null;
  readonly complaints: readonly string[];
}

/** The remediation of a fault: set up as an operator would, proposed by the product, approved by a person, done by the product. */
export class Remedy {
  private toldLogId = 0;

  constructor(
    private readonly client: ProductClient,
    private readonly terminal: Terminal,
    private readonly signal: AbortSignal,
  ) {}

  /** Adds the service as a target, bound to its anomalies by their labels, and a rule that has it restarted. The way out is allowed already. */
  async prepare({ job, metric, url, signingSecret }: RemedyPlan): Promise<void> {
    await this.client.post('/api/remediation/targets', {
      name: job,
      kind: 'webhook',
      description: 'The demo service, which restarts its worker on a signed order',
      labels: { job },
      settings: {
        url,
        actions: { restart_service: {} },
        only_mapped_actions: true,
        is_idempotent: true,
        success: { pointer: '/status', equals: 'restarted' },
        message_pointer: '/message',
      },
      secrets: { signing_secret: signingSecret },
    });
    await this.client.post('/api/remediation/rules', {
      name: `Restart ${job}`,
      series: metric,
      matchers: [`job="${job}"`],
      min_severity: 'low',
      action_type: 'restart_service',
      priority: 'high',
    });
    this.terminal.say(
      `  Target    ${url}, a webhook bound to anomalies with job="${job}"; orders to it are signed`,
      `  Rule      an anomaly of ${metric} calls for restart_service; a person has to approve it`,
    );
  }

  /** Waits for what the product proposes against an anomaly, approves it, has it executed, and shows the whole trail. */
  async meet(anomalyId: number, openedAtMs: number): Promise<RemedyReport> {
    const { client, terminal } = this;
    const proposed = await this.waitForProposal(anomalyId);
    if (proposed === null)
      return unproposed(`no action was proposed within ${PROPOSED_LIMIT_SECONDS} s of the anomaly`);
    // The product may have proposed it before the news of the anomaly had come to us.
    const proposedAfterSeconds = Math.max(0, (Date.parse(proposed.created_at) - openedAtMs) / 1_000);
    const path = `/api/remediation/actions/${proposed.id}`;
    terminal.progress('  a person reads the plan …');
    await this.tellNews(path);
    const { approval } = await client.get<{ approval: ApprovalView }>(`${path}/approval`);
    const about = [...planLines(approval), `${client.url}${path}/approval`];
    terminal.say(...about.map((line) => terminal.style('dim', `            ${line}`)));
    await delay(READING_MS, undefined, { signal: this.signal });

    await client.post(`${path}/approve`, { plan_hash: proposed.plan_hash, comment: 'go ahead' });
    await client.post(`${path}/execute`, { reason: `anomaly #${anomalyId}` });
    const action = await this.followToEnd(path);
    terminal.say(
      ...targetWords(action).map((said) => terminal.style('dim', `            the service said: ${said}`)),
    );
    const isDone = action.status === 'completed' && action.finished_at !== null;
    return {
      action,
      proposedAfterSeconds,
      doneAfterSeconds: isDone ? (Date.parse(action.finished_at) - openedAtMs) / 1_000 : null,
      complaints: isDone
        ? []
        : [`${action.action_type} is ${action.status}: ${action.error_message ?? 'no error is known'}`],
    };
  }

  private async waitForProposal(anomalyId: number): Promise<RemediationAction | null> {
    const deadline = Date.now() + PROPOSED_LIMIT_SECONDS * 1_000;
    while (Date.now() < deadline) {
      this.terminal.progress('  found; the product looks for a remedy …');
      const { remediation_actions: actions } = await this.client.get<{
        remediation_actions: RemediationAction[];
      }>(`/api/remediation/actions?status=pending&anomaly_id=${anomalyId}`);
      if (actions.length > 0) return actions[0];
      await delay(LOOK_MS, undefined, { signal: this.signal });
    }
    return null;
  }

  /** The action when it has ended, or when the time is up. */
  private async followToEnd(path: string): Promise<RemediationAction> {
    const deadline = Date.now() + DONE_LIMIT_SECONDS * 1_000;
    for (;;) {
      this.terminal.progress('  approved; the product has it done …');
      const { remediation_action: action } = await this.client.get<{ remediation_action: RemediationAction }>(
        path,
      );
      await this.tellNews(path);
      if (hasEnded(action) || Date.now() > deadline) return action;
      await delay(LOOK_MS, undefined, { signal: this.signal });
    }
  }

  /** The lines of an action's log that have not been shown yet. */
  private async tellNews(path: string): Promise<void> {
    const { logs } = await this.client.get<{ logs: ActionLogLine[] }>(`${path}/logs?per_page=100`);
    const news = logs.filter(({ id }) => id > this.toldLogId);
    this.toldLogId = news.at(-1)?.id ?? this.toldLogId;
    this.terminal.say(...news.map(trailLine));
  }
}

function unproposed(complaint: string): RemedyReport {
  return { action: null, proposedAfterSeconds: null, doneAfterSeconds: null, complaints: [complaint] };
}
