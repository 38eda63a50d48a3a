import { Database } from '../../src/database/database';
import { EventsService } from '../../src/events/events.service';
import type { Showing } from '../../src/remediation/verification/evidence.repository';
import { EvidenceRepository } from '../../src/remediation/verification/evidence.repository';
import { RemediationBench } from './remediation-bench';
import { eventually } from './test-app';

/** A service that has alerts, the target that is acted on for it, and the rule that asks for it. */
export interface Served {
  readonly name: string;
  readonly targetId: number;
}

/** What becomes of alerts of services whose remedies earn autonomy. What was seen of a remedy, the test says. */
export class AutonomyBench {
  private raised = 0;

  constructor(readonly bench: RemediationBench) {}

  set(settings: object) {
    return this.bench.app.put('/api/remediation/autonomy/settings', settings);
  }

  /** A service with a target that is its own group, and a rule for all of its alerts. */
  async serve(name: string, actionType = 'scale_up', rule: object = {}): Promise<Served> {
    const { app, target } = this.bench;
    const made = await app.post('/api/remediation/targets', {
      name,
      kind: 'webhook',
      labels: { service: name },
      settings: { url: `${target.origin}/` },
      secrets: { signing_secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}` },
    });
    if (made.status !== 201) throw new Error(made.text);
    const chosen = await app.post('/api/remediation/rules', {
      name: `${name}: ${actionType}`,
      position: 1,
      matchers: [`service="${name}"`],
      action_type: actionType,
      ...rule,
    });
    if (chosen.status !== 201) throw new Error(chosen.text);
    return { name, targetId: made.body.data.target.id as number };
  }

  /** A critical alert on the service; returns what is proposed for it. */
  async raise({ name, targetId }: Served, alertname = 'Slow'): Promise<number> {
    this.raised += 1;
    const instance = `i${this.raised}`;
    const labels = { alertname, service: name, severity: 'critical', instance };
    const { status, text } = await this.bench.app.post('/api/v2/alerts', [{ labels }]);
    if (status !== 200) throw new Error(text);
    const [{ id }] = await eventually(
      () =>
        this.bench.app.database.query<{ id: number }>(
          `SELECT action.id::int AS id FROM remediation_actions AS action JOIN anomalies AS anomaly ON anomaly.id = action.anomaly_id
           WHERE action.target_id = $1 AND anomaly.labels ->> 'instance' = $2 ORDER BY action.id`,
          [targetId, instance],
        ),
      (rows) => rows.length > 0,
    );
    return id;
  }

  /** Says what an action showed, as whoever verifies it does: outcome, evidence and event in one transaction. */
  async show(actionId: number, outcome: Showing['outcome'], selfRecovery: number | null = null) {
    const { app } = this.bench.app;
    await app.get(Database).run(async () => {
      await this.bench.app.app
        .get(Database)
        .execute('UPDATE remediation_actions SET outcome = $2 WHERE id = $1', [actionId, outcome]);
      await app.get(EvidenceRepository).keep({
        actionId,
        outcome,
        severity: 'critical',
        ageSeconds: 1,
        horizonSeconds: 1,
        recoverySeconds: 1,
        selfRecovery,
      });
      await app.get(EventsService).publish('action.verified', { actionId });
    });
  }

  /** Brings a service to this many verified wins, by people. */
  async win(served: Served, wins: number): Promise<void> {
    for (let won = 0; won < wins; won += 1) {
      const id = await this.raise(served);
      await this.decided(id);
      await this.bench.verb(id, 'approve');
      await this.bench.verb(id, 'execute');
      await this.bench.ended(id);
      await this.show(id, 'verified');
    }
  }

  /** The latest decision about an action that holds. */
  async decided(actionId: number, holds: (decision: any) => boolean = () => true): Promise<any> {
    const [decision] = await eventually(
      async () =>
        (await this.bench.app.get(`/api/remediation/autonomy/history?action_id=${actionId}`)).body.data
          .decisions as any[],
      ([latest]) => latest !== undefined && holds(latest),
    );
    return decision;
  }

  async cellOf({ name }: Served): Promise<any> {
    const shown = await this.bench.app.get(`/api/remediation/autonomy?target_group=${name}`);
    return shown.body.data.cells[0];
  }

  async status(actionId: number): Promise<string> {
    return (await this.bench.progress(actionId)).remediation_action.status as string;
  }

  approvals(actionId: number) {
    return this.bench.app.database.query<{ by_kind: string; comment: string; used: boolean }>(
      `SELECT by_kind, comment, used_at IS NOT NULL AS used FROM remediation_approvals WHERE action_id = $1 ORDER BY id`,
      [actionId],
    );
  }
}
