import { RecordingTarget } from '../support/recording-target';
import { adminWithoutLimits, remediationEnvironment } from '../support/remediation-processes';
import { ServerProcess } from '../support/server-process';
import { eventually } from '../support/test-app';
import { createTestDatabase, TestDatabase } from '../support/test-database';
import { addWebhookTarget } from '../support/webhook-target';

/** Whoever did the action is killed while it is looked at: what it was going to say, another process says. */
describe('a verification whose process is killed', () => {
  let database: TestDatabase;
  let target: RecordingTarget;

  beforeEach(async () => {
    database = await createTestDatabase();
    target = await RecordingTarget.start();
  });
  afterEach(async () => {
    await target.stop();
    await database.drop();
  });

  it('is judged by the next one, once', async () => {
    const first = await ServerProcess.start(remediationEnvironment(database));
    const call = await adminWithoutLimits(first);
    const { id: targetId } = await addWebhookTarget(call, target, 'cart');
    const { remediation_action: action } = await call('POST', '/api/remediation/actions', {
      action_type: 'restart_service',
      action_name: 'Restart',
      description: 'Its queue is full',
      target_id: targetId,
      verify: { series: 'queue', op: '<', threshold: 10, for: 1, timeout: 3 },
    });
    const path = `/api/remediation/actions/${action.id}`;
    await call('POST', `${path}/approve`);
    await call('POST', `${path}/execute`);
    await eventually(
      async () => (await call('GET', path)).remediation_action.status,
      (status) => status === 'completed',
    );
    await first.kill();

    const second = await ServerProcess.start(remediationEnvironment(database));
    const { verification } = await eventually(
      async () => (await second.fetch(`${path}/verification`)).body.data,
      ({ verification: { state } }) => state === 'judged',
      30_000,
    );
    expect(verification).toMatchObject({
      outcome: 'unverified',
      reason: 'It was not measured often enough to tell',
    });
    const rows = await database.query(`SELECT id FROM audit_log WHERE action = 'remediation.verified'`);
    expect(rows).toHaveLength(1);
    await second.stop();
  }, 120_000);
});
