import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';

import { recordingOf, Signature } from '../../audit/audit.service';
import { Database } from '../../database/database';
import { Rail, RAILS, TRIPPING_RAILS, TrippingRail } from '../policy/rails';
import { RemediationStep } from './step.entity';
import { stateOf, statesBefore, StepState, StepVerb } from './step-lifecycle';

/** A step that this process holds: until its lease ends, nobody else touches it. */
export interface ClaimedStep {
  readonly id: string;
  readonly actionId: number;
  readonly fence: number;
  readonly attempt: number;
}

/** What renewing a lease tells. */
export interface Lease {
  readonly isCancelRequested: boolean;
}

/** How an attempt ended, for the ledger. */
export interface RecordedEnd {
  readonly state: StepState;
  readonly result: object | null;
  readonly error: string | null;
  /** Seconds until it may be claimed again, where it is to be tried again. */
  readonly delaySeconds: number;
  readonly startSeconds: number;
}

/** What there is to do in the ledger, at a look. */
export interface DueWork {
  readonly hasReady: boolean;
  readonly hasLost: boolean;
  readonly hasOverdue: boolean;
  readonly hasExpired: boolean;
}

/** One claim after the other, and none beside a freeze: the rails count what the others have taken. */
const LOCK_RAILS = {
  name: 'remediation_lock_rails',
  text: 'SELECT pg_advisory_xact_lock(7203454, 1)',
};

const FACTS = `remediation_steps AS step
  JOIN remediation_actions AS action ON action.id = step.action_id
  LEFT JOIN remediation_targets AS target ON target.id = step.target_id
  CROSS JOIN remediation_limits AS limits
  LEFT JOIN remediation_breakers AS breaker ON breaker.target_id = step.target_id`;

const HOLDS = Object.values(RAILS)
  .map((condition) => `(${condition})`)
  .join(' AND ');

/** The claim: state, rails, approval and freeze are asked for, the approval is used and the audit row written, in one statement. */
const CLAIM = {
  name: 'remediation_claim',
  text: `WITH ready AS (
           SELECT step.id, action.id AS action_id, action.plan_hash FROM ${FACTS}
           WHERE step.state = 'queued' AND step.ready_at <= now() AND ${HOLDS}
           ORDER BY action.priority_rank DESC, step.ready_at, step.id LIMIT 1
           FOR UPDATE OF step, action SKIP LOCKED
         ), claimed AS (
           UPDATE remediation_steps AS step SET state = '${stateOf('claim')}', fence = nextval('remediation_fence'), attempt = step.attempt + 1,
             worker = $6, claimed_at = now(), first_claimed_at = coalesce(step.first_claimed_at, now()), lease_until = now() + make_interval(secs => $7)
           FROM ready WHERE step.id = ready.id
           RETURNING step.id, step.action_id, step.fence, step.attempt, step.name
         ), begun AS (
           UPDATE remediation_actions AS action SET first_claimed_at = coalesce(action.first_claimed_at, now()) FROM ready WHERE action.id = ready.action_id
         ), used AS (
           UPDATE remediation_approvals AS approval SET used_at = now() FROM ready
           WHERE approval.action_id = ready.action_id AND approval.plan_hash = ready.plan_hash AND approval.voided_at IS NULL AND approval.used_at IS NULL
         ), told AS (
           INSERT INTO remediation_log (action_id, step_id, event, message, by_name)
           SELECT action_id, id, 'claimed', format('Attempt %s of step %s begins (fence %s)', attempt, name, fence), $6 FROM claimed
         ), recorded AS (
           ${recordingOf(`(
             SELECT 'remediation.step_claimed' AS action, 'remediation_action' AS subject_type, action_id::text AS subject_id, NULL::jsonb AS before,
               jsonb_build_object('step', id, 'attempt', attempt, 'fence', fence, 'worker', $6::text) AS after FROM claimed) AS change`)}
         )
         SELECT id, action_id AS "actionId", fence, attempt FROM claimed`,
};

const RENEW = {
  name: 'remediation_renew',
  text: `UPDATE remediation_steps AS step SET lease_until = now() + make_interval(secs => $3)
         FROM remediation_actions AS action
         WHERE step.id = $1 AND step.fence = $2 AND step.state = 'dispatching' AND action.id = step.action_id
         RETURNING action.cancel_requested_at IS NOT NULL AS "isCancelRequested"`,
};

const RECORD = {
  name: 'remediation_record',
  text: `UPDATE remediation_steps SET state = $3, result = $4, error = $5, lease_until = NULL, worker = NULL,
           ready_at = CASE WHEN $3 = 'queued' THEN now() + make_interval(secs => $6) ELSE ready_at END,
           start_before = CASE WHEN $3 = 'queued' THEN now() + make_interval(secs => $6 + $7) ELSE start_before END,
           ended_at = CASE WHEN $3 = 'queued' THEN NULL ELSE now() END
         WHERE id = $1 AND fence = $2 AND state = 'dispatching' RETURNING id`,
};

const DUE = {
  name: 'remediation_due_work',
  text: `SELECT EXISTS (SELECT FROM remediation_steps WHERE state = 'queued' AND ready_at <= now()) AS "hasReady",
           EXISTS (SELECT FROM remediation_steps WHERE state = 'dispatching' AND lease_until < now()) AS "hasLost",
           EXISTS (SELECT FROM remediation_steps WHERE state = 'queued' AND start_before <= now()) AS "hasOverdue",
           EXISTS (SELECT FROM remediation_actions WHERE status IN ('pending', 'approved', 'scheduled') AND expires_at <= now() AND deleted_at IS NULL) AS "hasExpired"`,
};

const LOST = {
  name: 'remediation_lost_leases',
  text: `SELECT id, action_id AS "actionId", fence, attempt FROM remediation_steps WHERE state = 'dispatching' AND lease_until < now() ORDER BY lease_until LIMIT 100`,
};

const OVERDUE = {
  name: 'remediation_overdue_steps',
  text: `SELECT id, action_id AS "actionId" FROM remediation_steps WHERE state = 'queued' AND start_before <= now() ORDER BY start_before LIMIT 100`,
};

const QUEUE = {
  name: 'remediation_queue_step',
  text: `UPDATE remediation_steps SET state = '${stateOf('queue')}', ready_at = now(), start_before = now() + make_interval(secs => $3)
         WHERE action_id = $1 AND position = $2 AND state = ANY($4) RETURNING id`,
};

const MOVE = {
  name: 'remediation_move_steps',
  text: `UPDATE remediation_steps SET state = $2, error = coalesce($4, error),
           ended_at = CASE WHEN $2 IN ('proposed', 'pending_approval', 'approved') THEN NULL ELSE now() END
         WHERE action_id = $1 AND state = ANY($3) RETURNING id`,
};

const WAITING = {
  name: 'remediation_waiting_for',
  text: `SELECT step.id, ARRAY_REMOVE(ARRAY[${Object.entries(RAILS)
    .map(([rail, condition]) => `CASE WHEN ${condition} THEN NULL ELSE '${rail}' END`)
    .join(', ')}], NULL) AS rails
         FROM ${FACTS} WHERE step.action_id = $1 AND step.state = 'queued'`,
};

const TRIPS = {
  name: 'remediation_trips',
  text: `SELECT DISTINCT trip.rail, trip.target_id AS "targetId" FROM ${FACTS}
         CROSS JOIN LATERAL (VALUES ${TRIPPING_RAILS.map((rail) => `('${rail}', step.target_id, ${RAILS[rail]})`).join(', ')}) AS trip(rail, target_id, holds)
         WHERE step.state = 'queued' AND step.ready_at <= now() AND NOT trip.holds`,
};

/** The step ledger: what may, does or did happen to the world. Every change asks for the state that it starts from. */
@Injectable()
export class LedgerRepository {
  constructor(
    @InjectRepository(RemediationStep) private readonly steps: Repository<RemediationStep>,
    private readonly database: Database,
  ) {}

  /** Stores the steps of a plan, in their order. */
  async insert(steps: readonly Partial<RemediationStep>[]): Promise<void> {
    await this.rows.insert(steps as object[]);
  }

  /** Takes the steps of a plan away, which has changed before anything began. */
  async deleteOf(actionId: number): Promise<void> {
    await this.rows.delete({ actionId });
  }

  listOf(actionId: number): Promise<RemediationStep[]> {
    return this.rows.find({ where: { actionId }, order: { position: 'ASC' } });
  }

  find(id: string): Promise<RemediationStep | null> {
    return this.rows.findOneBy({ id });
  }

  /** What there is to do, in one statement: an idle look costs no lock and leaves no trace. */
  async look(): Promise<DueWork> {
    return (await this.database.query<DueWork & object>(DUE))[0];
  }

  /** Keeps claims away until the transaction ends. */
  async lockRails(): Promise<void> {
    await this.database.query(LOCK_RAILS);
  }

  /**
   * Claims the most urgent step that nothing keeps from being done, or none. Once this has committed, and not before, the step may be
   * sent. `leaseSeconds` is how long nobody else may judge it.
   */
  claim(worker: string, leaseSeconds: number, signature: Signature): Promise<ClaimedStep | null> {
    return this.database.run(async () => {
      await this.lockRails();
      const [claimed] = await this.database.query<ClaimedStep>(CLAIM, [...signature, worker, leaseSeconds]);
      return claimed ?? null;
    });
  }

  /** Holds a claimed step for longer; null where it is no longer this claim's. */
  async renew({ id, fence }: ClaimedStep, leaseSeconds: number): Promise<Lease | null> {
    return (await this.database.query<Lease & { id: string }>(RENEW, [id, fence, leaseSeconds]))[0] ?? null;
  }

  /** Writes how an attempt ended; false where the claim is no longer the latest, and nothing was written. */
  async record({ id, fence }: Pick<ClaimedStep, 'id' | 'fence'>, end: RecordedEnd): Promise<boolean> {
    const result = end.result === null ? null : JSON.stringify(end.result);
    const values = [id, fence, end.state, result, end.error, end.delaySeconds, end.startSeconds];
    return (await this.database.query(RECORD, values)).length > 0;
  }

  /** Claimed steps whose holder has not been heard of for longer than its lease. */
  listLost(): Promise<ClaimedStep[]> {
    return this.database.query<ClaimedStep>(LOST);
  }

  /** Queued steps that have not begun in time. */
  listOverdue(): Promise<Pick<ClaimedStep, 'id' | 'actionId'>[]> {
    return this.database.query(OVERDUE);
  }

  /** Lets a step of an action begin within `startSeconds`. */
  async queue(actionId: number, position: number, startSeconds: number): Promise<boolean> {
    const values = [actionId, position, startSeconds, statesBefore('queue')];
    return (await this.database.query(QUEUE, values)).length > 0;
  }

  /** Does a verb to all steps of an action that are in a state which allows it; returns how many. */
  async move(actionId: number, verb: StepVerb, error: string | null = null): Promise<number> {
    return (await this.database.query(MOVE, [actionId, stateOf(verb), statesBefore(verb), error])).length;
  }

  /** What keeps the queued steps of an action from being claimed, now. */
  async waitingFor(actionId: number): Promise<Rail[]> {
    const rows = await this.database.query<{ rails: Rail[] }>(WAITING, [actionId]);
    return rows.flatMap(({ rails }) => rails);
  }

  /** The rails that hold steps up now because remediation itself runs wild. */
  listTrips(): Promise<{ rail: TrippingRail; targetId: number }[]> {
    return this.database.query(TRIPS);
  }

  private get rows(): Repository<RemediationStep> {
    return this.database.bind(this.steps);
  }
}
