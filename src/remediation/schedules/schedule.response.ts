import { ApiProperty } from '@nestjs/swagger';

import { isoText } from '../../common/time/iso-text';
import { ACTION_TYPES, type ActionType } from '../actions/action-type';
import { PRIORITIES, type Priority } from '../actions/priority';
import { MISSED_POLICIES, type MissedPolicy } from './due-slot';
import type { RemediationSchedule } from './schedule.entity';
import { FIRING_OUTCOMES, type FiringOutcome, type ScheduleFiring } from './schedule-firing.entity';

const NULLABLE_ID = { type: 'integer', nullable: true } as const;

/** A standing schedule as callers see it. */
export class ScheduleResponse {
  @ApiProperty({ type: 'integer', example: 1 }) id: number;
  @ApiProperty({ example: 'Clean up logs at night' }) name: string;
  @ApiProperty() enabled: boolean;
  @ApiProperty({ example: '30 2 * * *' }) cron: string;
  @ApiProperty({ example: 'Europe/Berlin' }) time_zone: string;
  @ApiProperty({ enum: MISSED_POLICIES }) missed_slots: MissedPolicy;
  @ApiProperty({ type: [Number] }) blackout_window_ids: readonly number[];
  @ApiProperty(NULLABLE_ID) runbook_id: number | null;
  @ApiProperty({ enum: ACTION_TYPES, nullable: true }) action_type: ActionType | null;
  @ApiProperty(NULLABLE_ID) target_id: number | null;
  @ApiProperty({ type: 'object', additionalProperties: true }) parameters: object;
  @ApiProperty({ enum: PRIORITIES }) priority: Priority;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Null while it is disabled',
  })
  next_slot: string | null;
  @ApiProperty({ type: 'integer', description: 'Send it back as `version` to change it safely' })
  version: number;
  @ApiProperty() created_by: string;
  @ApiProperty({ type: String, format: 'date-time' }) created_at: string;
  @ApiProperty({ type: String, format: 'date-time' }) updated_at: string;

  static from(schedule: RemediationSchedule): ScheduleResponse {
    return {
      id: schedule.id,
      name: schedule.name,
      enabled: schedule.isEnabled,
      cron: schedule.cron,
      time_zone: schedule.timeZone,
      missed_slots: schedule.missedSlots,
      blackout_window_ids: schedule.blackoutWindowIds,
      runbook_id: schedule.runbookId,
      action_type: schedule.actionType,
      target_id: schedule.targetId,
      parameters: schedule.parameters,
      priority: schedule.priority,
      next_slot: schedule.isEnabled ? isoText(schedule.nextSlot) : null,
      version: schedule.version,
      created_by: schedule.createdBy,
      created_at: isoText(schedule.createdAt),
      updated_at: isoText(schedule.updatedAt),
    };
  }
}

/** What became of a slot as callers see it. */
export class ScheduleFiringResponse {
  @ApiProperty({ type: String, format: 'date-time' }) slot: string;
  @ApiProperty({
    enum: FIRING_OUTCOMES,
    description:
      'overlap: what an earlier slot proposed has not ended; failed: what it asks for could not be proposed',
  })
  outcome: FiringOutcome;
  @ApiProperty() reason: string;
  @ApiProperty(NULLABLE_ID) action_id: number | null;
  @ApiProperty({ type: String, format: 'date-time', description: 'When it was dealt with' }) at: string;

  static from(firing: ScheduleFiring): ScheduleFiringResponse {
    return {
      slot: isoText(firing.slot),
      outcome: firing.outcome,
      reason: firing.reason,
      action_id: firing.actionId,
      at: isoText(firing.at),
    };
  }
}
