import { ApiProperty } from '@nestjs/swagger';

import type { SeriesGroupView } from '../../telemetry/telemetry.types';

/** A group of series, and who scores it. */
export class SeriesGroupResponse {
  @ApiProperty({
    type: 'integer',
    description: 'What is left of a series’ id when it is divided by the number of groups',
  })
  group: number;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The process that scores the group, as host:pid; null where none does',
    example: 'worker-1:4711',
  })
  held_by: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) held_since: Date | null;
  @ApiProperty({
    format: 'date-time',
    description: 'When what its detectors have learnt was last saved; unchanged while no samples come',
  })
  saved_at: Date;

  static from({ group, heldBy, heldSince, savedAt }: SeriesGroupView): SeriesGroupResponse {
    return { group, held_by: heldBy, held_since: heldSince, saved_at: savedAt };
  }
}
