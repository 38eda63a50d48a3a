import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';

import { Database } from '../../database/database';
import { RemediationLimits } from './limits.entity';

/** Failures in a row on a target, and until when nothing is done there. */
export interface Breaker {
  readonly failures: number;
  readonly isOpened: boolean;
}

const SUCCEED = {
  name: 'remediation_breaker_close',
  text: 'DELETE FROM remediation_breakers WHERE target_id = $1',
};

const FAIL = {
  name: 'remediation_breaker_fail',
  text: `INSERT INTO remediation_breakers AS breaker (target_id, failures)
         VALUES ($1, 1) ON CONFLICT ON CONSTRAINT remediation_breakers_pk DO UPDATE SET failures = breaker.failures + 1
         RETURNING failures`,
};

const OPEN = {
  name: 'remediation_breaker_open',
  text: `UPDATE remediation_breakers SET opened_at = now(), open_until = now() + make_interval(secs => $2) WHERE target_id = $1`,
};

/** The SQL of the limits, the freeze and the breakers. */
@Injectable()
export class LimitsRepository {
  constructor(
    @InjectRepository(RemediationLimits) private readonly limits: Repository<RemediationLimits>,
    private readonly database: Database,
  ) {}

  read(): Promise<RemediationLimits> {
    return this.rows.findOneByOrFail({ id: true });
  }

  /** The limits, locked until the transaction ends. */
  lock(): Promise<RemediationLimits> {
    return this.rows.findOneOrFail({ where: { id: true }, lock: { mode: 'pessimistic_write' } });
  }

  async save(change: Partial<RemediationLimits>): Promise<RemediationLimits> {
    await this.rows
      .createQueryBuilder()
      .update()
      .set({ ...change, version: () => 'version + 1', updatedAt: () => 'now()' })
      .where({ id: true })
      .execute();
    return this.read();
  }

  /** Stops everything, by the database's clock. */
  async freeze(by: string, reason: string | null): Promise<RemediationLimits> {
    await this.rows
      .createQueryBuilder()
      .update()
      .set({
        frozenAt: () => 'clock_timestamp()',
        frozenBy: by,
        frozenReason: reason,
        version: () => 'version + 1',
        updatedAt: () => 'now()',
      })
      .where({ id: true })
      .execute();
    return this.read();
  }

  /** A success on a target: its failures are forgotten. */
  async closeBreaker(targetId: number): Promise<void> {
    await this.database.query(SUCCEED, [targetId]);
  }

  /** A failure on a target; with the last one that it may have in a row its breaker opens. */
  async countFailure(
    targetId: number,
    { breakerFailures, breakerSeconds }: RemediationLimits,
  ): Promise<Breaker> {
    const [{ failures }] = await this.database.query<{ failures: number }>(FAIL, [targetId]);
    const isOpened = failures >= breakerFailures;
    if (isOpened) await this.database.query(OPEN, [targetId, breakerSeconds]);
    return { failures, isOpened };
  }

  private get rows(): Repository<RemediationLimits> {
    return this.database.bind(this.limits);
  }
}
