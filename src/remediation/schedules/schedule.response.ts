import { ApiProperty } from '@nestjs/swagger';

import { isoText } from '../../common/time/iso-text';
import { ACTION_TYPES, type ActionType } from '../actions/action-type';
import { PRIORITIES, type Priority } from '../actions/priority';
import { MISSED_POLICIES, type MissedPolicy } from './due-slot';
import type { RemediationSchedule } from './schedule.entity';
import { FIRING_OUTCOMES, type FiringOutcome, type ScheduleFiring } from './schedule-firing.entity';
import type { PreviewedSlot } from './slot-preview.service';

const NULLABLE_ID = { type: 'integer', nullable: true } as const;

/** A standing schedule as callers see it. */
export class ScheduleResponse {
  @ApiProperty({ type: 'integer', example: 1 }) id: number;
  @ApiProperty({ example: 'Clean up logs at night' }) name: string;
  @ApiProperty() enabled: boolean;
  @ApiProperty({ type: String, nullable: true, example: '30 2 * * *' }) cron: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'FREQ=MONTHLY;BYDAY=2TU;BYHOUR=2' })
  rrule: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Of a rule', example: '2026-01-31T02:30' })
  starts_at: string | null;
  @ApiProperty({ type: [String], description: 'Local days without slots' }) except: readonly string[];
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
    description: 'Null while it is disabled, and once it has ended',
  })
  next_slot: string | null;
  @ApiProperty({ description: 'Whether its rule has no slot any more' }) has_ended: boolean;
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
      rrule: schedule.rrule,
      starts_at: schedule.startsAt,
      except: schedule.except,
      time_zone: schedule.timeZone,
      missed_slots: schedule.missedSlots,
      blackout_window_ids: schedule.blackoutWindowIds,
      runbook_id: schedule.runbookId,
      action_type: schedule.actionType,
      target_id: schedule.targetId,
      parameters: schedule.parameters,
      priority: schedule.priority,
      next_slot: schedule.isEnabled && schedule.nextSlot !== null ? isoText(schedule.nextSlot) : null,
      has_ended: schedule.nextSlot === null,
      version: schedule.version,
      created_by: schedule.createdBy,
      created_at: isoText(schedule.createdAt),
      updated_at: isoText(schedule.updatedAt),
    };
  }
}

const HINDRANCES = ['freeze_calendar', 'maintenance_window'] as const;

class HindranceResponse {
  @ApiProperty({ enum: HINDRANCES }) kind: (typeof HINDRANCES)[number];
  @ApiProperty({ type: 'integer' }) id: number;
  @ApiProperty() name: string;
  @ApiProperty({ type: String, format: 'date-time' }) until: string;
}

/** A slot that is to come as callers see it. */
export class PreviewedSlotResponse {
  @ApiProperty({ type: String, format: 'date-time' }) slot: string;
  @ApiProperty({ description: 'What the local clock shows then', example: '2026-03-29T03:30' }) local: string;
  @ApiProperty({
    type: [HindranceResponse],
    description: 'What it would be passed over for, as calendars and windows now are',
  })
  hindrances: HindranceResponse[];

  static from({ slot, local, hindrances }: PreviewedSlot): PreviewedSlotResponse {
    return {
      slot: isoText(slot),
      local,
      hindrances: hindrances.map(({ until, ...hindrance }) => ({ ...hindrance, until: isoText(until) })),
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
