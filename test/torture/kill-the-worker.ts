import { Client } from 'pg';

import { RecordingTarget } from '../support/recording-target';
import { adminWithoutLimits, remediationEnvironment } from '../support/remediation-processes';
import { ServerProcess } from '../support/server-process';
import { eventually } from '../support/test-app';
import type { TestDatabase } from '../support/test-database';
import { addWebhookTarget } from '../support/webhook-target';
import { Breaches, Outcome, Progress, unheard } from './scenario';

/** Where in a step its worker dies. */
const MOMENTS = ['before the send', 'after the send', 'after the answer'] as const;
type Moment = (typeof MOMENTS)[number];

/** The lease, a sweep and a retry: longer and a step is stuck. */
const END_LIMIT_MS = 60_000;

/**
 * Kills the worker (-9) around a send, again and again: between the claim and the first byte, while its target has the order, and between
 * the answer and the ledger. What is not idempotent reaches its target once at most and is then unknown; what is idempotent is done in the
 * end, under one key, with a fence that grows.
 */
export async function killTheWorker(
  database: TestDatabase,
  { kills }: { kills: number },
  progress: Progress = unheard,
): Promise<Outcome> {
  const breaches = new Breaches();
  const environment = remediationEnvironment(database);
  const receiver = await RecordingTarget.start();
  const api = await ServerProcess.start({ ...environment, NODE_ROLE: 'api' });
  const line = new Client({ connectionString: database.url });
  await line.connect();
  const seen = { unknown: 0, completed: 0 };
  let worker = await ServerProcess.start({ ...environment, NODE_ROLE: 'worker' });
  try {
    const call = await adminWithoutLimits(api);
    for (let kill = 0; kill < kills; kill += 1) {
      const moment = MOMENTS[kill % MOMENTS.length];
      const isIdempotent = Math.floor(kill / MOMENTS.length) % 2 === 1;
      const target = await addWebhookTarget(call, receiver, `target ${kill}`, {
        is_idempotent: isIdempotent,
      });
      const { remediation_action: action } = await call('POST', '/api/remediation/actions', {
        action_type: 'restart_service',
        action_name: moment,
        description: 'd',
        target_id: target.id,
      });
      await call('POST', `/api/remediation/actions/${action.id}/approve`, {});
      const requestsOf = (key: string) =>
        receiver.requests.filter(({ headers }) => headers['idempotency-key'] === key);
      const progressOf = () => call('GET', `/api/remediation/actions/${action.id}/status`);
      await reach(moment, {
        receiver,
        line,
        actionId: action.id as number,
        execute: () => call('POST', `/api/remediation/actions/${action.id}/execute`, {}),
      });
      await worker.kill();
      await line.query('ROLLBACK');
      receiver.answer = (_, response) => response.end('{}');
      worker = await ServerProcess.start({ ...environment, NODE_ROLE: 'worker' });
      const { remediation_action: ended, steps } = await eventually(
        progressOf,
        ({ remediation_action }) => ['completed', 'failed'].includes(remediation_action.status as string),
        END_LIMIT_MS,
      );
      const requests = requestsOf(steps[0].id as string);
      const fences = requests.map(({ headers }) => Number(headers['x-fencing-token']));
      const told = `${moment}${isIdempotent ? ', idempotent' : ''} (action ${action.id})`;
      if (isIdempotent) {
        if (ended.status !== 'completed') breaches.add(`${told}: ${ended.status} ${ended.error_message}`);
        if (fences.some((fence, index) => index > 0 && fence <= fences[index - 1]))
          breaches.add(`${told}: fences ${fences.join(', ')}`);
      } else {
        if (ended.outcome !== 'unknown') breaches.add(`${told}: ${ended.status}, outcome ${ended.outcome}`);
        if (requests.length !== (moment === 'before the send' ? 0 : 1))
          breaches.add(`${told}: ${requests.length} requests`);
      }
      seen[ended.outcome === 'unknown' ? 'unknown' : 'completed'] += 1;
      progress(kill + 1, kills);
    }
    const stuck = await database.query<{ id: string }>(
      `SELECT id FROM remediation_steps WHERE state IN ('queued', 'dispatching')`,
    );
    if (stuck.length > 0) breaches.add(`${stuck.length} steps are stuck`);
    return { figures: { kills, ...seen }, breaches: breaches.list };
  } finally {
    await line.end();
    await Promise.all([worker.stop(), api.stop()]);
    await receiver.stop();
  }
}

/** Brings a step to the moment at which its worker is to die. */
async function reach(
  moment: Moment,
  {
    receiver,
    line,
    actionId,
    execute,
  }: { receiver: RecordingTarget; line: Client; actionId: number; execute: () => Promise<unknown> },
): Promise<void> {
  const before = receiver.requests.length;
  const isDispatching = async () =>
    (
      await line.query(`SELECT FROM remediation_steps WHERE action_id = $1 AND state = 'dispatching'`, [
        actionId,
      ])
    ).rowCount === 1;
  const hasArrived = () => receiver.requests.length > before;
  switch (moment) {
    case 'before the send':
      // The way out asks its allow-list after the claim and before the first byte.
      await line.query('BEGIN');
      await line.query('LOCK TABLE egress_rules IN ACCESS EXCLUSIVE MODE');
      await execute();
      await eventually(isDispatching);
      return;
    case 'after the send':
      receiver.answer = () => undefined;
      await execute();
      await eventually(hasArrived);
      return;
    case 'after the answer': {
      // The ledger asks for the action before it records; nobody else needs it meanwhile.
      receiver.answer = (_, response) => {
        void line
          .query('BEGIN')
          .then(() => line.query('SELECT FROM remediation_actions WHERE id = $1 FOR UPDATE', [actionId]))
          .then(() => response.end('{}'));
      };
      await execute();
      await eventually(hasArrived);
      await eventually(
        async () =>
          (await line.query(`SELECT FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'`))
            .rowCount ?? 0,
        (waiting) => waiting > 0,
      );
      return;
    }
  }
}
