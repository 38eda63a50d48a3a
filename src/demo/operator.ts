import { setTimeout as delay } from 'node:timers/promises';

import { Attempt, AttemptReport } from './attempt';
import { RemediationAction } from './product-answers';
import { ProductClient } from './product-client';
import { Remedy, Scenario } from './scenarios';
import { learningComplaints, readStanding, type Standing, standingLines } from './standing';
import { Terminal } from './terminal';

const PROPOSED_LIMIT_SECONDS = 20;
const LOOK_MS = 250;
/** What the product waits by itself between two actions on one target would be longer than the story. */
const COOLDOWN_SECONDS = 1;

interface TargetPlan {
  readonly job: string;
  readonly url: string;
  readonly signingSecret: string;
}

/** Who runs the service: sets the product up to remedy it, reads what it proposes, and says yes. */
export class Operator {
  private job = '';

  constructor(
    private readonly client: ProductClient,
    private readonly terminal: Terminal,
    private readonly signal: AbortSignal,
  ) {}

  /** Adds the service as a target, bound to its anomalies by their labels. The way out is allowed already. */
  async addTarget({ job, url, signingSecret }: TargetPlan): Promise<void> {
    this.job = job;
    await this.client.post('/api/remediation/targets', {
      name: job,
      kind: 'webhook',
      description: 'The demo service, which does what signed orders say to its workers',
      labels: { job },
      cooldown_seconds: COOLDOWN_SECONDS,
      settings: {
        url,
        actions: { restart_service: {}, scale_up: {}, scale_down: {} },
        only_mapped_actions: true,
        is_idempotent: true,
        success: { pointer: '/status', equals: 'done' },
        message_pointer: '/message',
      },
      secrets: { signing_secret: signingSecret },
    });
    this.terminal.say(
      `  Target    ${url}, a webhook bound to anomalies with job="${job}"; orders to it are signed`,
    );
  }

  /** Adds a rule for each remedy, in the order in which the operator would try them. */
  async addRules({ metric, remedies }: Scenario): Promise<void> {
    for (const [index, remedy] of remedies.entries()) {
      await this.client.post('/api/remediation/rules', {
        name: `${remedy.action_type} for ${metric}`,
        position: index,
        continues: true,
        series: metric,
        matchers: [`job="${this.job}"`],
        min_severity: 'low',
        action_type: remedy.action_type,
        parameters: remedy.parameters,
        verify: remedy.verify,
        priority: 'high',
      });
      this.terminal.say(`  Rule      ${ruleWords(metric, remedy)}`);
    }
  }

  /** Tries what the product proposes, one after the other in its order, until something has helped. */
  async meet({ metric, remedies }: Scenario, openedAtMs: number): Promise<AttemptReport[]> {
    const reports: AttemptReport[] = [];
    for (const remedy of remedies) {
      const before = await this.readStanding(metric);
      const proposed = await this.waitForProposal(remedy.action_type);
      if (proposed === null) {
        reports.push(unproposed(remedy));
        continue;
      }
      const attempt = new Attempt(this.client, this.terminal, this.signal, remedy);
      const report = await attempt.make(proposed, openedAtMs);
      const after = await this.readStanding(metric);
      this.terminal.say(
        ...standingLines(before, after).map((line) => this.terminal.style('cyan', `            ${line}`)),
      );
      const complaints = learningComplaints(remedy, before, after);
      reports.push({ ...report, complaints: [...report.complaints, ...complaints] });
      if (report.action?.outcome === 'verified') break;
    }
    return reports;
  }

  /** Of the trouble in which the metric is too high, at the service. */
  private readStanding(metric: string): Promise<Standing> {
    return readStanding(this.client, `metric:${metric}:high`, this.job);
  }

  private async waitForProposal(actionType: string): Promise<RemediationAction | null> {
    const deadline = Date.now() + PROPOSED_LIMIT_SECONDS * 1_000;
    while (Date.now() < deadline) {
      this.terminal.progress('  the product looks for a remedy …');
      const { remediation_actions: actions } = await this.client.get<{
        remediation_actions: RemediationAction[];
      }>(`/api/remediation/actions?status=pending&action_type=${actionType}`);
      if (actions.length > 0) return actions[0];
      await delay(LOOK_MS, undefined, { signal: this.signal });
    }
    return null;
  }
}

function ruleWords(metric: string, { action_type: type, verify }: Remedy): string {
  const shown =
    verify === undefined
      ? 'it has helped when the anomaly ends'
      : `it has helped when ${verify.series} is below ${verify.threshold} for ${verify.for} s`;
  return `an anomaly of ${metric} calls for ${type}; a person approves it; ${shown}`;
}

function unproposed(remedy: Remedy): AttemptReport {
  const complaint = `${remedy.action_type} was not proposed within ${PROPOSED_LIMIT_SECONDS} s`;
  return {
    remedy,
    action: null,
    proposedAfterSeconds: null,
    doneAtMs: null,
    judgedAfterSeconds: null,
    rollback: null,
    complaints: [complaint],
  };
}
