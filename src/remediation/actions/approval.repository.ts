import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Repository } from 'typeorm';

import { Database } from '../../database/database';
import { Approval } from './approval.entity';

export type NewApproval = Pick<
  Approval,
  'actionId' | 'planHash' | 'policyId' | 'byKind' | 'byId' | 'byUserId' | 'byName' | 'comment'
>;

const HAS_OF = {
  name: 'remediation_approval_of',
  text: `WITH standing AS (
           SELECT id, expires_at > clock_timestamp() AS holds FROM remediation_approvals WHERE action_id = $1 AND by_user_id = $2 AND voided_at IS NULL
         ), expired AS (
           UPDATE remediation_approvals AS approval SET voided_at = now() FROM standing WHERE approval.id = standing.id AND NOT standing.holds
         )
         SELECT holds FROM standing`,
};

const VALID = {
  name: 'remediation_valid_approvals',
  text: `SELECT count(*) AS count FROM remediation_approvals
         WHERE action_id = $1 AND plan_hash = $2 AND voided_at IS NULL AND used_at IS NULL AND expires_at > clock_timestamp()`,
};

const HOLD = {
  name: 'remediation_hold_approvals',
  text: `UPDATE remediation_approvals SET expires_at = greatest(expires_at, $3)
         WHERE action_id = $1 AND plan_hash = $2 AND voided_at IS NULL AND used_at IS NULL AND expires_at > clock_timestamp()`,
};

/** The SQL of approvals. */
@Injectable()
export class ApprovalRepository {
  constructor(
    @InjectRepository(Approval) private readonly approvals: Repository<Approval>,
    private readonly database: Database,
  ) {}

  /** Stores an approval that holds for so many seconds, by the database's clock. */
  async insert(approval: NewApproval, seconds: number): Promise<void> {
    await this.rows
      .createQueryBuilder()
      .insert()
      .values({ ...approval, expiresAt: () => `now() + make_interval(secs => ${Number(seconds)})` })
      .execute();
  }

  /** All of an action, those that no longer hold as well, oldest first. */
  listOf(actionId: number): Promise<Approval[]> {
    return this.rows.find({ where: { actionId }, order: { id: 'ASC' } });
  }

  /** How many hold for this plan now. */
  async countValid(actionId: number, planHash: string): Promise<number> {
    return (await this.database.query<{ count: number }>(VALID, [actionId, planHash]))[0].count;
  }

  /** Lets what holds for this plan now hold until then at least; what has expired is not revived. */
  async holdUntil(actionId: number, planHash: string, until: Date): Promise<void> {
    await this.database.query(HOLD, [actionId, planHash, until]);
  }

  /** Whether a person's approval of an action holds. One that has expired is taken away, so that it may be given again. */
  async hasOf(actionId: number, byUserId: number): Promise<boolean> {
    return (await this.database.query<{ holds: boolean }>(HAS_OF, [actionId, byUserId])).some(
      ({ holds }) => holds,
    );
  }

  /** Takes all approvals of an action away; returns how many held. */
  async void(actionId: number): Promise<number> {
    const { affected } = await this.rows
      .createQueryBuilder()
      .update()
      .set({ voidedAt: () => 'now()' })
      .where({ actionId, voidedAt: IsNull() })
      .execute();
    return affected ?? 0;
  }

  private get rows(): Repository<Approval> {
    return this.database.bind(this.approvals);
  }
}
