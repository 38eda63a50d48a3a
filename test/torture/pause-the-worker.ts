import { Client } from 'pg';

import { RecordingTarget } from '../support/recording-target';
import { adminWithoutLimits, remediationEnvironment } from '../support/remediation-processes';
import { ServerProcess } from '../support/server-process';
import { eventually } from '../support/test-app';
import type { TestDatabase } from '../support/test-database';
import { addWebhookTarget } from '../support/webhook-target';
import { Breaches, Outcome, Progress, unheard } from './scenario';

/** The lease, a sweep, a retry and the start of a process. */
const END_LIMIT_MS = 60_000;
/** Nothing waits for a worker that has gone on: it notices at once. */
const LATE_LIMIT_MS = 15_000;

/**
 * Pauses the worker (SIGSTOP) between its claim and its first byte until another one has judged its step, and lets it go on: it sends
 * nothing and changes nothing, and what it comes to tell is refused and audited. A step that is not idempotent is unknown then, with no
 * request at all; an idempotent one was sent by the other worker, and by that one alone.
 */
export async function pauseTheWorker(
  database: TestDatabase,
  { pauses }: { pauses: number },
  progress: Progress = unheard,
): Promise<Outcome> {
  const breaches = new Breaches();
  const environment = remediationEnvironment(database);
  const startWorker = () => ServerProcess.start({ ...environment, NODE_ROLE: 'worker' });
  const receiver = await RecordingTarget.start();
  const api = await ServerProcess.start({ ...environment, NODE_ROLE: 'api' });
  const line = new Client({ connectionString: database.url });
  await line.connect();
  const seen = { unknown: 0, completed: 0, late: 0 };
  let paused = await startWorker();
  let other: ServerProcess | null = null;
  try {
    const call = await adminWithoutLimits(api);
    for (let pause = 0; pause < pauses; pause += 1) {
      const isIdempotent = pause % 2 === 0;
      const target = await addWebhookTarget(call, receiver, `target ${pause}`, {
        is_idempotent: isIdempotent,
      });
      const { remediation_action: action } = await call('POST', '/api/remediation/actions', {
        action_type: 'restart_service',
        action_name: `pause ${pause}`,
        description: 'd',
        target_id: target.id,
      });
      await call('POST', `/api/remediation/actions/${action.id}/approve`, {});

      await holdBeforeSend(line, () => call('POST', `/api/remediation/actions/${action.id}/execute`, {}));
      paused.child.kill('SIGSTOP');
      // Its way is free again, and it does not know yet.
      await line.query('ROLLBACK');
      other = await startWorker();
      const progressOf = () => call('GET', `/api/remediation/actions/${action.id}/status`);
      const judged = await eventually(
        progressOf,
        ({ remediation_action }) => ['completed', 'failed'].includes(remediation_action.status as string),
        END_LIMIT_MS,
      );
      paused.child.kill('SIGCONT');
      const [late] = await eventually(
        () => lateOutcomesOf(database, action.id as number),
        ({ length }) => length > 0,
        LATE_LIMIT_MS,
      ).catch(() => []);

      const told = `pause ${pause}${isIdempotent ? ', idempotent' : ''} (action ${action.id})`;
      const after = await progressOf();
      const [step] = after.steps;
      const fences = receiver.requests
        .filter(({ headers }) => headers['idempotency-key'] === step.id)
        .map(({ headers }) => Number(headers['x-fencing-token']));
      if (late === undefined) breaches.add(`${told}: its late outcome was not audited`);
      else {
        seen.late += 1;
        if (fences.includes(late.fence)) breaches.add(`${told}: it sent after its pause`);
      }
      if (fences.length !== (isIdempotent ? 1 : 0)) breaches.add(`${told}: ${fences.length} requests`);
      const { status, outcome } = after.remediation_action;
      if (isIdempotent ? status !== 'completed' : outcome !== 'unknown')
        breaches.add(`${told}: ${status}, outcome ${outcome}`);
      if (JSON.stringify(after.steps) !== JSON.stringify(judged.steps))
        breaches.add(`${told}: the step was changed after it had been judged`);
      seen[outcome === 'unknown' ? 'unknown' : 'completed'] += 1;
      await paused.stop();
      paused = other;
      other = null;
      progress(pause + 1, pauses);
    }
    return { figures: { pauses, ...seen }, breaches: breaches.list };
  } finally {
    await line.end();
    paused.child.kill('SIGCONT');
    await Promise.all([paused.stop(), other?.stop(), api.stop()]);
    await receiver.stop();
  }
}

/** Lets a step be claimed, and holds its worker where it asks the allow-list: after the claim and before the first byte. */
async function holdBeforeSend(line: Client, execute: () => Promise<unknown>): Promise<void> {
  await line.query('BEGIN');
  await line.query('LOCK TABLE egress_rules IN ACCESS EXCLUSIVE MODE');
  await execute();
  await eventually(
    async () =>
      (
        await line.query(
          `SELECT FROM pg_locks WHERE NOT granted AND relation = 'egress_rules'::regclass
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
        )
      ).rowCount ?? 0,
    (waiting) => waiting > 0,
  );
}

async function lateOutcomesOf(database: TestDatabase, actionId: number): Promise<{ fence: number }[]> {
  const rows = await database.query<{ after: { fence: number } }>(
    `SELECT after FROM audit_log WHERE action = 'remediation.late_outcome_refused' AND subject_id = $1`,
    [String(actionId)],
  );
  return rows.map(({ after }) => after);
}
