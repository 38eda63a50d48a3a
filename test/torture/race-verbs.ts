import { RecordingTarget } from '../support/recording-target';
import { adminWithoutLimits, remediationEnvironment } from '../support/remediation-processes';
import { ServerProcess } from '../support/server-process';
import { eventually } from '../support/test-app';
import type { TestDatabase } from '../support/test-database';
import { addWebhookTarget } from '../support/webhook-target';
import { Breaches, Outcome, Progress, unheard } from './scenario';

/**
 * Approve, execute and cancel, many times at once on two processes that also work: each verb has one winner, a cancellation that was
 * answered means that nothing is ever sent, and whatever happens a step reaches its target once at most.
 */
export async function raceVerbs(
  database: TestDatabase,
  { rounds, parallel }: { rounds: number; parallel: number },
  progress: Progress = unheard,
): Promise<Outcome> {
  const breaches = new Breaches();
  const environment = remediationEnvironment(database);
  const receiver = await RecordingTarget.start();
  const servers = await Promise.all([1, 2].map(() => ServerProcess.start(environment)));
  const seen = { executed: 0, cancelled: 0, 'too late': 0 };
  try {
    const call = await adminWithoutLimits(servers[0]);
    const target = await addWebhookTarget(call, receiver, 'raced');
    const all = (id: number, verbs: readonly string[]) =>
      Promise.all(
        Array.from({ length: parallel }, async (_, n) => {
          const verb = verbs[n % verbs.length];
          const { status, body } = await servers[n % servers.length].fetch(
            `/api/remediation/actions/${id}/${verb}`,
            {
              method: 'POST',
              body: {},
            },
          );
          return { verb, status, code: body.code as string | undefined };
        }),
      );
    for (let round = 1; round <= rounds; round += 1) {
      const { remediation_action } = await call('POST', '/api/remediation/actions', {
        action_type: 'restart_service',
        action_name: `race ${round}`,
        description: 'd',
        target_id: target.id,
      });
      const id = remediation_action.id as number;
      const approvals = await all(id, ['approve']);
      const answers = await all(id, round % 2 === 0 ? ['execute'] : ['execute', 'cancel']);
      const won = (of: typeof answers, verb: string) =>
        of.filter((one) => one.verb === verb && one.status === 200).length;
      for (const { verb, status } of [...approvals, ...answers])
        if (status !== 200 && status !== 409) breaches.add(`race ${round}: ${verb} answered ${status}`);
      if (won(approvals, 'approve') !== 1)
        breaches.add(`race ${round}: ${won(approvals, 'approve')} approvals won`);
      const [executed, cancelled] = [won(answers, 'execute'), won(answers, 'cancel')];
      if (executed > 1 || cancelled > 1 || executed + cancelled === 0)
        breaches.add(`race ${round}: ${executed} executions and ${cancelled} cancellations won`);
      const { remediation_action: end, steps } = await eventually(
        () => call('GET', `/api/remediation/actions/${id}/status`),
        (told) => ['completed', 'failed', 'cancelled'].includes(told.remediation_action.status as string),
      );
      const sent = receiver.requests.filter(
        ({ headers }) => headers['idempotency-key'] === steps[0].id,
      ).length;
      if (sent > 1) breaches.add(`race ${round}: sent ${sent} times`);
      if (cancelled === 1 && (sent > 0 || end.status !== 'cancelled'))
        breaches.add(`race ${round}: cancelled, and then ${end.status} with ${sent} sent`);
      if (cancelled === 0 && sent !== 1) breaches.add(`race ${round}: executed, and sent ${sent} times`);
      seen.executed += executed;
      seen.cancelled += cancelled;
      if (answers.some(({ code }) => code === 'remediation/already-dispatching')) seen['too late'] += 1;
      progress(round, rounds);
    }
    return { figures: { rounds, parallel, ...seen }, breaches: breaches.list };
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await receiver.stop();
  }
}
