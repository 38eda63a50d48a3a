import { get } from 'node:http';

import { RollbackService } from '../../src/remediation/proposals/rollback.service';
import type { RecordedRequest } from '../support/recording-target';
import { RemediationBench } from '../support/remediation-bench';
import { eventually, TestApp } from '../support/test-app';
import { addWebhookTarget } from '../support/webhook-target';

const SECRETS_KEY = 'a-key-of-the-tests-for-secrets-that-is-long-enough';
/** Three steps; the second one does what the tests let fail. */
const STEPS = ['scale_up', 'custom', 'enhance_monitoring'] as const;

const typeOf = ({ body }: RecordedRequest): string =>
  (JSON.parse(body) as { data: { action_type: string } }).data.action_type;

describe('a runbook of three steps', () => {
  let bench: RemediationBench;
  let runbooks = 0;

  beforeAll(async () => {
    bench = await RemediationBench.start({ SECRETS_KEY });
  });
  afterAll(() => bench.stop());

  /** Proposes it with its second step failing as it says, approves and executes it. */
  const begin = async (onFailure: string): Promise<number> => {
    runbooks += 1;
    const saved = await bench.app.post('/api/remediation/runbooks', {
      definition: {
        name: `Three steps ${runbooks}`,
        description: 'd',
        steps: STEPS.map((action) => ({
          name: action,
          action,
          target: { name: 'cart' },
          ...(action === 'scale_up' && { parameters: { by: 2 } }),
          ...(action === 'custom' && { on_failure: onFailure }),
        })),
      },
    });
    const proposed = await bench.app.post(
      `/api/remediation/runbooks/${saved.body.data.runbook.id}/actions`,
      {},
      { token: await bench.app.tokenOf('operator') },
    );
    expect(proposed.status).toBe(201);
    const id = proposed.body.data.remediation_action.id as number;
    expect((await bench.verb(id, 'approve')).status).toBe(200);
    expect((await bench.verb(id, 'execute')).status).toBe(200);
    return id;
  };
  const run = async (onFailure: string, failing: string | null) => {
    const before = bench.target.requests.length;
    bench.target.answer = (request, response) =>
      response.writeHead(typeOf(request) === failing ? 400 : 200).end('{}');
    const id = await begin(onFailure);
    const { remediation_action: action, steps } = await bench.ended(id);
    return {
      id,
      action,
      states: steps.map(({ state }: { state: string }) => state),
      sent: bench.target.requests.slice(before).map(typeOf),
    };
  };
  const rollbacksOf = (id: number) =>
    bench.app.database.query(
      `SELECT action_type, parameters, status, origin, requested_by FROM remediation_actions WHERE rollback_of = $1 ORDER BY id`,
      [id],
    );

  it('is done in its order, one step after the other', async () => {
    const { action, states, sent } = await run('stop', null);
    expect(sent).toEqual(STEPS);
    expect(states).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(action).toMatchObject({ status: 'completed', execution_result: { success: true } });
    expect(action.execution_result.steps.map(({ name }: { name: string }) => name)).toEqual(STEPS);
  });

  it('stops where a step fails that says so: what follows is cancelled, and nothing is taken back', async () => {
    const { id, action, states, sent } = await run('stop', 'custom');
    expect(sent).toEqual(['scale_up', 'custom']);
    expect(states).toEqual(['succeeded', 'failed', 'cancelled']);
    expect(action).toMatchObject({ status: 'failed', error_message: 'the target answered 400' });
    expect(await rollbacksOf(id)).toEqual([]);
  });

  it('goes on where a step fails that says so', async () => {
    const { action, states, sent } = await run('continue', 'custom');
    expect(sent).toEqual(STEPS);
    expect(states).toEqual(['succeeded', 'failed', 'succeeded']);
    expect(action.status).toBe('completed');
  });

  it('proposes once to take back what was done where a step fails that says so, and does nothing by itself', async () => {
    const { id, states, sent } = await run('rollback', 'custom');
    expect(states).toEqual(['succeeded', 'failed', 'cancelled']);
    const proposed = await eventually(
      () => rollbacksOf(id),
      ({ length }) => length > 0,
      30_000,
    );
    expect(proposed).toEqual([
      {
        action_type: 'scale_down',
        parameters: { by: 2 },
        status: 'pending',
        origin: 'rollback',
        requested_by: 'system',
      },
    ]);
    // Whoever is told of the failure twice, also at the same moment, proposes it once.
    await bench.app.database.query('DELETE FROM remediation_actions WHERE rollback_of = $1', [id]);
    const rollbacks = bench.app.app.get(RollbackService, { strict: false });
    await Promise.all([1, 2, 3].map(() => rollbacks.afterFailure(id)));
    expect(await rollbacksOf(id)).toHaveLength(1);
    expect(sent).toEqual(['scale_up', 'custom']);
  });

  it('is told of live, until it has ended', async () => {
    let release = (): void => undefined;
    bench.target.answer = (_, response) => (release = () => response.end('{}'));
    const url = await bench.app.listen();
    const id = await begin('stop');
    const token = await bench.app.tokenOf('viewer');
    const events: string[] = [];
    const ended = new Promise<void>((resolve, reject) => {
      get(
        `${url}/api/remediation/actions/${id}/logs/stream`,
        { headers: { authorization: `Bearer ${token}` } },
        (response) => {
          response.setEncoding('utf8').on('data', (chunk: string) => {
            for (const [, event] of chunk.matchAll(/^event: action\.(.*)$/gm)) events.push(event);
          });
          response.on('end', resolve);
        },
      ).on('error', reject);
    });
    await eventually(
      () => Promise.resolve(events.length),
      (count) => count > 0,
    );
    expect(events).not.toContain('completed');
    bench.target.answer = (_, response) => response.end('{}');
    release();
    await ended;
    expect(events.filter((event) => event !== 'output')).toEqual([
      'proposed',
      'approved',
      'executed',
      ...STEPS.flatMap(() => ['claimed', 'step_succeeded']),
      'completed',
      'unverified',
    ]);
  });
});

describe('a step that is tried again', () => {
  it('waits longer each time, across a restart, under one key and rising fences', async () => {
    const bench = await RemediationBench.start({ SECRETS_KEY, REMEDIATION_FOUR_EYES: 'false' });
    let second: TestApp | null = null;
    try {
      const call = async (method: string, path: string, body?: object) =>
        (await bench.app.call(method, path, { body })).body.data;
      const { id: targetId } = await addWebhookTarget(call, bench.target, 'idempotent', {
        is_idempotent: true,
      });
      bench.target.answer = (_, response) =>
        response.writeHead(bench.target.requests.length < 3 ? 503 : 200).end('{}');
      const id = await bench.approved({
        target_id: targetId,
        action_type: 'scale_up',
        parameters: { by: 1 },
      });
      await bench.verb(id, 'execute');
      await eventually(
        () => bench.progress(id),
        ({ steps }) => steps[0].state === 'queued' && steps[0].attempt === 1,
      );
      // The process that tried it first goes; what it knew, the ledger knows.
      await bench.app.app.close();
      second = await TestApp.start({ SECRETS_KEY }, bench.app.database);
      const app = second;
      const { remediation_action: action, steps } = await eventually(
        async () => (await app.get(`/api/remediation/actions/${id}/status`)).body.data,
        ({ remediation_action: { status } }) => ['completed', 'failed'].includes(status as string),
        60_000,
      );
      expect([action.status, steps[0].attempt]).toEqual(['completed', 3]);
      const headers = bench.target.requests.map((request) => request.headers);
      expect(new Set(headers.map((sent) => sent['idempotency-key']))).toEqual(new Set([steps[0].id]));
      const fences = headers.map((sent) => Number(sent['x-fencing-token']));
      expect(fences).toEqual([...new Set(fences)].sort((a, b) => a - b));
      const lines = (await app.get(`/api/remediation/actions/${id}/logs?per_page=100`)).body.data.logs;
      expect(
        lines
          .map(({ message }: { message: string }) => /tried again in (\d+) s/.exec(message)?.[1])
          .filter((seconds: string | undefined) => seconds !== undefined),
      ).toEqual(['5', '10']);
      const [{ waited }] = await bench.app.database.query<{ waited: number[] }>(
        `SELECT array_agg(pause ORDER BY at) AS waited FROM (
           SELECT at, extract(epoch FROM at - lag(at) OVER (ORDER BY at))::float AS pause FROM remediation_log
           WHERE action_id = $1 AND event = 'claimed') AS claims WHERE pause IS NOT NULL`,
        [id],
      );
      expect(waited[0]).toBeGreaterThanOrEqual(5);
      expect(waited[1]).toBeGreaterThanOrEqual(10);
    } finally {
      await second?.stop();
      await bench.stop();
    }
  }, 120_000);
});

describe('an end that nobody knows', () => {
  let bench: RemediationBench;

  beforeAll(async () => {
    bench = await RemediationBench.start();
    // It has the order, and does not say what became of it.
    bench.target.answer = (_, response) => response.writeHead(500).end('{}');
  });
  afterAll(() => bench.stop());

  const lost = async (): Promise<number> => {
    const id = await bench.approved();
    await bench.verb(id, 'execute');
    const { remediation_action: action, steps } = await bench.ended(id);
    expect([action.status, action.outcome, steps[0].state]).toEqual(['failed', 'unknown', 'unknown']);
    return id;
  };

  it.each([
    ['succeeded', { status: 'completed', outcome: 'unverified', error_message: null }],
    ['failed', { status: 'failed', outcome: null }],
  ])('is what a person finds out: %s, once, and nothing is sent again', async (end, expected) => {
    const id = await lost();
    const sent = bench.target.requests.length;
    const text = (await bench.app.get('/metrics')).text;
    expect(text).toMatch(/^remediation_steps\{state="unknown"\} 1$/m);
    const { status, body } = await bench.verb(id, 'reconcile', { end, note: 'Looked at the pods' });
    expect([status, body.message]).toEqual([200, 'Remediation action reconciled successfully']);
    expect(body.data.remediation_action).toMatchObject(expected);
    expect((await bench.progress(id)).steps[0].state).toBe(`reconciled_${end}`);
    const again = await bench.verb(id, 'reconcile', { end });
    expect([again.status, again.body.code]).toEqual([409, 'remediation/nothing-unknown']);
    expect(bench.target.requests).toHaveLength(sent);
    const rows = await bench.app.database.query<{ actor_name: string }>(
      `SELECT actor_name FROM audit_log WHERE action = 'remediation.reconciled' AND subject_id = $1`,
      [String(id)],
    );
    expect(rows).toEqual([{ actor_name: 'admin' }]);
  });
});
