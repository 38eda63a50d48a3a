import { ApiProperty } from '@nestjs/swagger';

import { isoText } from '../../common/time/iso-text';
import { type Occurrence, type Weekday, WEEKDAYS } from '../../common/time/recurrence';
import type { StatedWindow } from './maintenance-window.service';

const NULLABLE_TIME = { type: String, format: 'date-time', nullable: true } as const;

class OccurrenceResponse {
  @ApiProperty({ type: String, format: 'date-time' }) starts_at: string;
  @ApiProperty({ type: String, format: 'date-time' }) ends_at: string;
}

/** A maintenance window as callers see it. */
export class MaintenanceWindowResponse {
  @ApiProperty({ type: 'integer', example: 1 }) id: number;
  @ApiProperty({ example: 'Database upgrade' }) name: string;
  @ApiProperty({ type: [String], example: ['service="checkout"'] }) matchers: readonly string[];
  @ApiProperty({ enum: ['once', 'weekly'] }) schedule: 'once' | 'weekly';
  @ApiProperty(NULLABLE_TIME) starts_at: string | null;
  @ApiProperty(NULLABLE_TIME) ends_at: string | null;
  @ApiProperty({ enum: WEEKDAYS, isArray: true, nullable: true }) weekdays: readonly Weekday[] | null;
  @ApiProperty({ type: String, nullable: true, example: '22:30' }) start_time: string | null;
  @ApiProperty({ type: 'integer', nullable: true }) duration_minutes: number | null;
  @ApiProperty({ type: String, nullable: true, example: 'Europe/Berlin' }) time_zone: string | null;
  @ApiProperty({ description: 'Whether it is in force now' }) is_active: boolean;
  @ApiProperty({ type: OccurrenceResponse, nullable: true, description: 'The one in force now' })
  current: OccurrenceResponse | null;
  @ApiProperty({ type: OccurrenceResponse, nullable: true, description: 'The next to begin' })
  next: OccurrenceResponse | null;
  @ApiProperty() created_by: string;
  @ApiProperty({ type: String, format: 'date-time' }) created_at: string;
  @ApiProperty({ type: String, format: 'date-time' }) updated_at: string;

  static from({ window, matchers, current, next }: StatedWindow): MaintenanceWindowResponse {
    return {
      id: window.id,
      name: window.name,
      matchers,
      schedule: window.startsAt === null ? 'weekly' : 'once',
      starts_at: window.startsAt && isoText(window.startsAt),
      ends_at: window.endsAt && isoText(window.endsAt),
      weekdays: window.weekdays,
      start_time: window.startTime,
      duration_minutes: window.durationMinutes,
      time_zone: window.timeZone,
      is_active: current !== null,
      current: occurrence(current),
      next: occurrence(next),
      created_by: window.createdBy,
      created_at: isoText(window.createdAt),
      updated_at: isoText(window.updatedAt),
    };
  }
}

function occurrence(found: Occurrence | null): OccurrenceResponse | null {
  return found && { starts_at: isoText(found.startsAt), ends_at: isoText(found.endsAt) };
}
