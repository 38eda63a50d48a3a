import { ApiProperty } from '@nestjs/swagger';

import { isoText } from '../../common/time/iso-text';
import type { RemediationLimits } from '../policy/limits.entity';
import { ENTRY_SCHEMA } from './freeze-calendar.dto';
import type { FreezeCalendar } from './freeze-calendar.entity';
import type { UpcomingFreeze } from './freeze-calendar.repository';
import type { FreezeEntry } from './freeze-entry';
import type { FreezeInForce } from './freeze-in-force';

const NULLABLE_TIME = { type: String, format: 'date-time', nullable: true } as const;
const NULLABLE_TEXT = { type: String, nullable: true } as const;

/** A freeze calendar as callers see it. */
export class FreezeCalendarResponse {
  @ApiProperty({ type: 'integer', example: 1 }) id: number;
  @ApiProperty({ example: 'Year end' }) name: string;
  @ApiProperty() enabled: boolean;
  @ApiProperty() reason: string;
  @ApiProperty({ example: 'Europe/Berlin' }) time_zone: string;
  @ApiProperty({ type: [String], description: 'Empty: everything' }) target_groups: readonly string[];
  @ApiProperty({ type: 'array', items: ENTRY_SCHEMA }) entries: readonly FreezeEntry[];
  @ApiProperty({
    type: String,
    format: 'date-time',
    description:
      'Up to when its periods are worked out, always weeks ahead while a worker runs; from then on it holds all the time',
  })
  known_until: string;
  @ApiProperty({ type: 'integer', description: 'Send it back as `version` to change it safely' })
  version: number;
  @ApiProperty() created_by: string;
  @ApiProperty({ type: String, format: 'date-time' }) created_at: string;
  @ApiProperty({ type: String, format: 'date-time' }) updated_at: string;

  static from(calendar: FreezeCalendar): FreezeCalendarResponse {
    return {
      id: calendar.id,
      name: calendar.name,
      enabled: calendar.isEnabled,
      reason: calendar.reason,
      time_zone: calendar.timeZone,
      target_groups: calendar.targetGroups,
      entries: calendar.entries,
      known_until: isoText(calendar.knownUntil),
      version: calendar.version,
      created_by: calendar.createdBy,
      created_at: isoText(calendar.createdAt),
      updated_at: isoText(calendar.updatedAt),
    };
  }
}

/** A freeze calendar that is in force as callers see it. */
export class FreezeInForceResponse {
  @ApiProperty({ type: 'integer' }) calendar_id: number;
  @ApiProperty() name: string;
  @ApiProperty() reason: string;
  @ApiProperty({ type: [String], description: 'Empty: everything' }) target_groups: readonly string[];
  @ApiProperty({
    ...NULLABLE_TIME,
    description: 'Null where its periods are not worked out that far: held until a worker has done so',
  })
  until: string | null;

  static from({ calendarId, name, reason, targetGroups, until }: FreezeInForce): FreezeInForceResponse {
    return {
      calendar_id: calendarId,
      name,
      reason,
      target_groups: targetGroups,
      until: until && isoText(until),
    };
  }
}

class UpcomingFreezeResponse extends FreezeInForceResponse {
  @ApiProperty({ type: String, format: 'date-time' }) starts_at: string;
}

/** What stops remediation now and soon, as callers see it. */
export class FreezeStateResponse {
  @ApiProperty({ description: 'Whether everything is stopped, by hand or by a calendar' })
  is_frozen: boolean;
  @ApiProperty({ ...NULLABLE_TIME, description: 'By hand' }) frozen_at: string | null;
  @ApiProperty({ ...NULLABLE_TEXT, description: 'By hand' }) frozen_by: string | null;
  @ApiProperty({ ...NULLABLE_TEXT, description: 'By hand' }) frozen_reason: string | null;
  @ApiProperty({ type: [FreezeInForceResponse], description: 'Calendars, also those of some groups alone' })
  in_force: FreezeInForceResponse[];
  @ApiProperty({ type: [UpcomingFreezeResponse], description: 'The next periods of calendars' })
  upcoming: UpcomingFreezeResponse[];

  static from(
    limits: RemediationLimits,
    inForce: readonly FreezeInForce[],
    upcoming: readonly UpcomingFreeze[],
  ): FreezeStateResponse {
    return {
      is_frozen: limits.frozenAt !== null || inForce.some(({ targetGroups }) => targetGroups.length === 0),
      frozen_at: limits.frozenAt && isoText(limits.frozenAt),
      frozen_by: limits.frozenBy,
      frozen_reason: limits.frozenReason,
      in_force: inForce.map((freeze) => FreezeInForceResponse.from(freeze)),
      upcoming: upcoming.map((freeze) => ({
        ...FreezeInForceResponse.from(freeze),
        starts_at: isoText(freeze.startsAt),
      })),
    };
  }
}
