import { RecordingTarget } from './recording-target';
import { LIFTED_LIMITS } from './remediation-processes';
import { Answer, eventually, TestApp } from './test-app';
import { addWebhookTarget } from './webhook-target';

/** A server with one webhook target on loopback that counts what reaches it, and the ways of people to get there. */
export class RemediationBench {
  private constructor(
    readonly app: TestApp,
    readonly target: RecordingTarget,
    readonly targetId: number,
  ) {}

  /** Limits that would hold tests up are lifted; suites about them set them. */
  static async start(environment: Record<string, string> = {}): Promise<RemediationBench> {
    const app = await TestApp.start(environment);
    const target = await RecordingTarget.start();
    await app.put('/api/remediation/limits', LIFTED_LIMITS);
    return new RemediationBench(app, target, await addTarget(app, 'cart', target));
  }

  async stop(): Promise<void> {
    await this.app.stop();
    await this.target.stop();
  }

  /** Another target behind the same receiver. */
  addTarget(name: string): Promise<number> {
    return addTarget(this.app, name, this.target);
  }

  /** An operator proposes an action, so that the admin may approve it; returns its id. */
  async propose(members: object = {}): Promise<number> {
    const body = {
      action_type: 'restart_service',
      action_name: 'Restart',
      description: 'It leaks',
      target_id: this.targetId,
      ...members,
    };
    const made = await this.app.post('/api/remediation/actions', body, {
      token: await this.app.tokenOf('operator'),
    });
    if (made.status !== 201) throw new Error(`not proposed: ${made.text}`);
    return made.body.data.remediation_action.id as number;
  }

  /** An action that the admin has approved. */
  async approved(members: object = {}): Promise<number> {
    const id = await this.propose(members);
    const answer = await this.verb(id, 'approve');
    if (answer.status !== 200) throw new Error(`not approved: ${answer.text}`);
    return id;
  }

  verb(id: number, verb: string, body: object = {}): Promise<Answer> {
    return this.app.post(`/api/remediation/actions/${id}/${verb}`, body);
  }

  async progress(id: number): Promise<any> {
    return (await this.app.get(`/api/remediation/actions/${id}/status`)).body.data;
  }

  /** Waits until an action has ended; gives it with its steps. */
  ended(id: number): Promise<any> {
    return eventually(
      () => this.progress(id),
      ({ remediation_action: { status } }) => ['completed', 'failed', 'cancelled'].includes(status as string),
      30_000,
    );
  }
}

async function addTarget(app: TestApp, name: string, receiver: RecordingTarget): Promise<number> {
  const call = async (method: string, path: string, body?: object) => {
    const answer = await app.call(method, path, { body });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.text}`);
    return answer.body.data;
  };
  return (await addWebhookTarget(call, receiver, name)).id;
}
