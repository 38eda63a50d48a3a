import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';

import { Database } from '../../database/database';
import type { Judgement } from './judgement';
import type { Symptom } from './symptom';
import { RemediationVerification, type VerifiedOutcome } from './verification.entity';

/** A verification that is locked, and what the database's clock shows. */
export interface TakenVerification {
  readonly verification: RemediationVerification;
  readonly now: Date;
}

const INSERT = {
  name: 'remediation_verification_insert',
  text: `INSERT INTO remediation_verifications (action_id, symptom, began_at, done_at, due_at, give_up_at)
         SELECT id, $2, coalesce(first_claimed_at, now()), now(), now() + make_interval(secs => $3), now() + make_interval(secs => $4)
         FROM remediation_actions WHERE id = $1`,
};

const DUE = {
  name: 'remediation_verifications_due',
  text: `SELECT action_id AS id FROM remediation_verifications WHERE state = 'watching' AND due_at <= now() ORDER BY due_at LIMIT 100`,
};

const POSTPONE = {
  name: 'remediation_verification_postpone',
  text: `UPDATE remediation_verifications SET due_at = now() + make_interval(secs => $2), measured = $3 WHERE action_id = $1`,
};

const JUDGE = {
  name: 'remediation_verification_judge',
  text: `UPDATE remediation_verifications SET state = 'judged', judged_at = now(), outcome = $2, reason = $3, measured = $4, recovered_at = $5
         WHERE action_id = $1 AND state = 'watching' RETURNING action_id`,
};

const NOW = { name: 'remediation_verification_now', text: 'SELECT now() AS now' };

/** The SQL of verifications. When they are due, the clock of the database says. */
@Injectable()
export class VerificationRepository {
  constructor(
    @InjectRepository(RemediationVerification)
    private readonly verifications: Repository<RemediationVerification>,
    private readonly database: Database,
  ) {}

  find(actionId: number): Promise<RemediationVerification | null> {
    return this.rows.findOneBy({ actionId });
  }

  /** Begins to look at what an action has done, which was done just now; in the transaction that says so. */
  async begin(
    actionId: number,
    symptom: Symptom,
    { firstLookSeconds, timeoutSeconds }: { firstLookSeconds: number; timeoutSeconds: number },
  ): Promise<void> {
    const values = [actionId, JSON.stringify(symptom), firstLookSeconds, timeoutSeconds];
    await this.database.query(INSERT, values);
  }

  /** Actions that are to be looked at now, the one that waits for longest first. */
  async listDue(): Promise<number[]> {
    return (await this.database.query<{ id: number }>(DUE)).map(({ id }) => id);
  }

  /** The verification of an action, for this transaction alone; null where it is judged, or another process is at it. */
  async take(actionId: number): Promise<TakenVerification | null> {
    const verification = await this.rows.findOne({
      where: { actionId, state: 'watching' },
      lock: { mode: 'pessimistic_write', onLocked: 'skip_locked' },
    });
    if (verification === null) return null;
    const [{ now }] = await this.database.query<{ now: Date }>(NOW);
    return { verification, now };
  }

  /** It is looked at again after so many seconds. */
  async postpone(actionId: number, seconds: number, measured: object): Promise<void> {
    await this.database.query(POSTPONE, [actionId, seconds, JSON.stringify(measured)]);
  }

  /** Writes the verdict; it stands. */
  async judge(
    actionId: number,
    outcome: VerifiedOutcome,
    { reason, measured, recoveredAtMs }: Judgement,
  ): Promise<void> {
    const recoveredAt = recoveredAtMs === null ? null : new Date(recoveredAtMs);
    const values = [actionId, outcome, reason, JSON.stringify(measured), recoveredAt];
    await this.database.query(JUDGE, values);
  }

  private get rows(): Repository<RemediationVerification> {
    return this.database.bind(this.verifications);
  }
}
