import {
  ACTION_STATUSES,
  type ActionStatus,
  actionStatusAfter,
  type ActionVerb,
} from '../../src/remediation/actions/action-lifecycle';
import { RemediationBench } from '../support/remediation-bench';
import type { Answer } from '../support/test-app';

/** What people can do to an action, and what the contract answers where its status does not allow it. */
const VERBS = [
  'approve',
  'reject',
  'schedule',
  'execute',
  'cancel',
  'update',
  'delete',
  'reconcile',
] as const satisfies readonly ActionVerb[];
const tomorrow = (): string => new Date(Date.now() + 86_400_000).toISOString();

type PeoplesVerb = (typeof VERBS)[number];

describe('every verb in every status of an action', () => {
  let bench: RemediationBench;
  let held: number;

  beforeAll(async () => {
    bench = await RemediationBench.start();
    held = await bench.addTarget('held');
    // What waits behind an open breaker is in progress, and nothing of it was sent.
    await bench.app.database.query(
      `INSERT INTO remediation_breakers (target_id, failures, opened_at, open_until) VALUES ($1, 2, now(), now() + interval '1 hour')`,
      [held],
    );
  });
  afterAll(() => bench.stop());

  const inStatus: Record<ActionStatus, () => Promise<number>> = {
    pending: () => bench.propose(),
    approved: () => bench.approved(),
    scheduled: async () => {
      const id = await bench.approved();
      await bench.verb(id, 'schedule', { scheduled_at: tomorrow() });
      return id;
    },
    in_progress: async () => {
      const id = await bench.approved({ target_id: held });
      await bench.verb(id, 'execute');
      return id;
    },
    completed: async () => {
      const id = await bench.approved();
      await bench.verb(id, 'execute');
      await bench.ended(id);
      return id;
    },
    failed: async () => {
      const id = await bench.approved();
      bench.target.answer = (_, response) => response.writeHead(400).end('{}');
      await bench.verb(id, 'execute');
      await bench.ended(id);
      bench.target.answer = (_, response) => response.end('{}');
      await bench.app.database.query('DELETE FROM remediation_breakers WHERE target_id <> $1', [held]);
      return id;
    },
    cancelled: async () => {
      const id = await bench.propose();
      await bench.verb(id, 'cancel');
      return id;
    },
    rejected: async () => {
      const id = await bench.propose();
      await bench.verb(id, 'reject', { reason: 'no' });
      return id;
    },
  };
  const ask = (id: number, verb: PeoplesVerb): Promise<Answer> => {
    const path = `/api/remediation/actions/${id}`;
    if (verb === 'update') return bench.app.put(path, { description: 'another' });
    if (verb === 'delete') return bench.app.delete(path);
    if (verb === 'schedule') return bench.verb(id, verb, { scheduled_at: tomorrow() });
    return bench.verb(id, verb, verb === 'reconcile' ? { end: 'succeeded' } : {});
  };
  const cells = ACTION_STATUSES.flatMap((status) => VERBS.map((verb) => [status, verb] as const));

  it.each(cells)('%s: %s', async (status, verb) => {
    const id = await inStatus[status]();
    const sentBefore = bench.target.requests.length;
    const answer = await ask(id, verb);
    // What is scheduled here has been approved, and is asked about no more.
    const isAnswered = status === 'scheduled' && (verb === 'approve' || verb === 'reject');
    const next = isAnswered ? null : actionStatusAfter(status, verb);
    // Without approval nothing runs that no policy allows; what is not unknown has nothing to be reconciled.
    const isAllowed = next !== null && !(verb === 'execute' && status === 'pending') && verb !== 'reconcile';
    if (isAllowed) {
      expect(answer.status).toBe(200);
      if (verb !== 'delete') expect(answer.body.data.remediation_action.status).toBe(next);
    } else {
      expect(answer.status).toBe(409);
      expect(answer.body).toMatchObject({ status: 'error', code: expect.stringMatching(/^remediation\//) });
      if (next === null && verb !== 'reconcile')
        expect(answer.body.message).toBe(`Cannot ${verb} action with status: ${status}`);
    }
    if (isAllowed && verb === 'execute') await bench.ended(id);
    expect(bench.target.requests.length - sentBefore).toBe(isAllowed && verb === 'execute' ? 1 : 0);
  });
});
