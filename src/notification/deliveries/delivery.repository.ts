import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';

import type { PageRequest } from '../../common/http/pagination';
import { Database } from '../../database/database';
import type { MailSetting } from '../endpoints/endpoint.entity';
import type { EndpointKind } from '../notices/message';
import { DeliveryAttempt } from './attempt.entity';
import { BREAKER_FAILURES } from './breaker';
import { Delivery, DeliveryState } from './delivery.entity';

/** A delivery that this process sends now. */
export interface ClaimedDelivery {
  readonly id: string;
  readonly endpointId: number;
  readonly kind: EndpointKind;
  /** Of kind email only. */
  readonly mail: MailSetting | null;
  readonly body: string;
  readonly attempt: number;
  readonly attemptInRow: number;
  readonly fence: number;
}

/** What is known of one attempt. */
export type AttemptRecord = Pick<DeliveryAttempt, 'durationMs' | 'status' | 'error'>;

/** Which deliveries a list is about. */
export interface DeliveryFilter {
  readonly endpointId?: number;
  readonly state?: DeliveryState;
}

/** How long something is tried: a day, from when it is due. */
const TRIED_FOR = `interval '1 day'`;
/** One endpoint takes no more at once, so that one that hangs leaves the others their turn; while it fails, one. */
const AT_ONCE = 2;

const INSERT = {
  name: 'notification_delivery_insert',
  text: `INSERT INTO notification_deliveries (endpoint_id, notice_key, type, body, due_at, give_up_at)
         VALUES ($1, $2, $3, $4, $5::timestamptz, $5::timestamptz + ${TRIED_FOR})
         ON CONFLICT ON CONSTRAINT notification_delivery_once DO NOTHING RETURNING id`,
};

// A claim whose lease is over is taken over: told twice is better than not told, and the webhook-id stays the same.
const CLAIM = {
  name: 'notification_delivery_claim',
  text: `WITH next AS (
           SELECT d.id FROM notification_deliveries AS d JOIN notification_endpoints AS e ON e.id = d.endpoint_id
           WHERE ((d.state = 'waiting' AND d.due_at <= now()) OR (d.state = 'sending' AND d.lease_until <= now()))
             AND e.is_enabled AND (e.paused_until IS NULL OR e.paused_until <= now())
             AND (SELECT count(*) FROM notification_deliveries AS o
                  WHERE o.endpoint_id = e.id AND o.state = 'sending' AND o.lease_until > now())
                 < CASE WHEN e.failures < ${BREAKER_FAILURES} THEN ${AT_ONCE} ELSE 1 END
           ORDER BY d.due_at LIMIT 1 FOR UPDATE OF d SKIP LOCKED)
         UPDATE notification_deliveries AS d
         SET state = 'sending', fence = nextval('notification_fence'), worker = $1, lease_until = now() + make_interval(secs => $2),
             attempts = d.attempts + 1, attempts_in_row = d.attempts_in_row + 1
         FROM next, notification_endpoints AS e WHERE d.id = next.id AND e.id = d.endpoint_id
         RETURNING d.id, d.endpoint_id AS "endpointId", e.kind, e.mail, d.body, d.attempts AS attempt, d.attempts_in_row AS "attemptInRow", d.fence`,
};

const END = {
  name: 'notification_delivery_end',
  text: `UPDATE notification_deliveries SET state = $3, error = $4, ended_at = now(), lease_until = NULL
         WHERE id = $1 AND fence = $2 AND state = 'sending' RETURNING id`,
};

const POSTPONE = {
  name: 'notification_delivery_postpone',
  text: `UPDATE notification_deliveries
         SET state = 'waiting', error = $4, lease_until = NULL, due_at = now() + make_interval(secs => $3::integer / 1000.0)
         WHERE id = $1 AND fence = $2 AND state = 'sending' RETURNING id`,
};

const RECORD = {
  name: 'notification_attempt_insert',
  text: `INSERT INTO notification_attempts (delivery_id, number, at, duration_ms, status, error)
         VALUES ($1, $2, now() - make_interval(secs => $3::integer / 1000.0), $3, $4, $5)`,
};

const GIVE_UP = {
  name: 'notification_delivery_give_up',
  text: `UPDATE notification_deliveries AS d SET state = 'failed', ended_at = now(),
           error = 'given up after a day' || coalesce(': ' || d.error, ': the endpoint was off or left alone')
         FROM notification_endpoints AS e
         WHERE (state IN ('gathering', 'waiting') OR (state = 'sending' AND lease_until <= now())) AND give_up_at <= now() AND e.id = d.endpoint_id
         RETURNING e.kind`,
};

const ABANDON = {
  name: 'notification_delivery_abandon',
  text: `UPDATE notification_deliveries SET state = 'failed', ended_at = now(), error = $2
         WHERE endpoint_id = $1 AND state IN ('gathering', 'waiting') RETURNING id`,
};

const TOLD = {
  name: 'notification_delivery_told',
  text: 'SELECT notice_key AS key FROM notification_deliveries WHERE endpoint_id = $1 AND notice_key = ANY ($2)',
};

const REPLAY = {
  name: 'notification_delivery_replay',
  text: `UPDATE notification_deliveries
         SET state = 'waiting', ended_at = NULL, error = NULL, digest_id = NULL, attempts_in_row = 0, due_at = now(), give_up_at = now() + ${TRIED_FOR}
         WHERE id = $1`,
};

/** The SQL of deliveries. They are the queue: nothing else knows of work, so nothing else can lose it. */
@Injectable()
export class DeliveryRepository {
  constructor(
    @InjectRepository(Delivery) private readonly deliveries: Repository<Delivery>,
    @InjectRepository(DeliveryAttempt) private readonly attempts: Repository<DeliveryAttempt>,
    private readonly database: Database,
  ) {}

  /** Returns its id; null where the endpoint is told of it already. */
  async insert(
    delivery: Pick<Delivery, 'endpointId' | 'noticeKey' | 'type' | 'body' | 'dueAt'>,
  ): Promise<string | null> {
    const { endpointId, noticeKey, type, body, dueAt } = delivery;
    const made = await this.database.query<{ id: string }>(INSERT, [
      endpointId,
      noticeKey,
      type,
      body,
      dueAt,
    ]);
    return made[0]?.id ?? null;
  }

  /** The delivery that is due for longest and may be sent, for so many seconds this worker's; null where there is none. */
  async claim(worker: string, leaseSeconds: number): Promise<ClaimedDelivery | null> {
    return (
      (
        await this.database.query<ClaimedDelivery & Record<string, unknown>>(CLAIM, [worker, leaseSeconds])
      )[0] ?? null
    );
  }

  /** False where it is another worker's by now. */
  async end(
    { id, fence }: ClaimedDelivery,
    state: 'delivered' | 'failed',
    error: string | null,
  ): Promise<boolean> {
    return (await this.database.query(END, [id, fence, state, error])).length > 0;
  }

  /** False where it is another worker's by now. */
  async postpone({ id, fence }: ClaimedDelivery, afterMs: number, error: string): Promise<boolean> {
    return (await this.database.query(POSTPONE, [id, fence, afterMs, error])).length > 0;
  }

  async record(
    { id, attempt }: ClaimedDelivery,
    { durationMs, status, error }: AttemptRecord,
  ): Promise<void> {
    await this.database.query(RECORD, [id, attempt, durationMs, status, error]);
  }

  /** Ends what was tried for a day; returns the kind of endpoint of each. */
  async giveUpOverdue(): Promise<EndpointKind[]> {
    return (await this.database.query<{ kind: EndpointKind }>(GIVE_UP)).map(({ kind }) => kind);
  }

  /** Ends what waits for an endpoint that is gone; returns how many. */
  async abandon(endpointId: number, reason: string): Promise<number> {
    return (await this.database.query(ABANDON, [endpointId, reason])).length;
  }

  /** Which of the notices with these keys an endpoint has been told, or is being told. */
  async listTold(endpointId: number, keys: readonly string[]): Promise<Set<string>> {
    const told = await this.database.query<{ key: string }>(TOLD, [endpointId, keys]);
    return new Set(told.map(({ key }) => key));
  }

  async replay(id: string): Promise<void> {
    await this.database.query(REPLAY, [id]);
  }

  /** Newest first. */
  list(
    { endpointId, state }: DeliveryFilter,
    { page, perPage }: PageRequest,
  ): Promise<[Delivery[], total: number]> {
    return this.rows.findAndCount({
      where: { ...(endpointId !== undefined && { endpointId }), ...(state !== undefined && { state }) },
      order: { createdAt: 'DESC', id: 'ASC' },
      skip: (page - 1) * perPage,
      take: perPage,
    });
  }

  find(id: string): Promise<Delivery | null> {
    return this.rows.findOneBy({ id });
  }

  lock(id: string): Promise<Delivery | null> {
    return this.rows.findOne({ where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  /** In their order. */
  listAttempts(deliveryId: string): Promise<DeliveryAttempt[]> {
    return this.database.bind(this.attempts).find({ where: { deliveryId }, order: { number: 'ASC' } });
  }

  private get rows(): Repository<Delivery> {
    return this.database.bind(this.deliveries);
  }
}
