import { ApiProperty } from '@nestjs/swagger';

import { isoText } from '../../common/time/iso-text';
import { SEVERITIES, type Severity } from '../severity';
import { HELD_KINDS, type HeldKind } from './held.repository';
import type { HeldTrouble } from './held-list.service';
import { type Suppressor, SUPPRESSOR_KINDS } from './suppression';

class HolderResponse {
  @ApiProperty({ enum: SUPPRESSOR_KINDS }) kind: Suppressor['kind'];
  @ApiProperty({ oneOf: [{ type: 'integer' }, { type: 'string' }], example: 42 }) id: string | number;
  @ApiProperty({ example: 'checkout 2.4.1 deployed' }) name: string;
}

/** Something that fired and is kept quiet, as callers see it. */
export class HeldResponse {
  @ApiProperty({ enum: HELD_KINDS }) kind: HeldKind;
  @ApiProperty({ type: 'integer', nullable: true, description: 'The alert that fires' })
  alert_id: number | null;
  @ApiProperty({ type: 'integer', nullable: true, description: 'The series on which detection found it' })
  series_id: number | null;
  @ApiProperty({ example: 'http_latency_seconds on web-1 is unusually high' }) title: string;
  @ApiProperty({ enum: SEVERITIES }) severity: Severity;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, example: { service: 'checkout' } })
  labels: Readonly<Record<string, string>>;
  @ApiProperty({ type: HolderResponse }) held_by: HolderResponse;
  @ApiProperty({
    description: 'Why, in words',
    example: 'Held by change 42 (checkout 2.4.1 deployed) until …',
  })
  reason: string;
  @ApiProperty({ type: String, format: 'date-time' }) held_since: string;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When that ends by itself; null where it is over, and this is told of within seconds',
  })
  held_until: string | null;

  static from({
    kind,
    id,
    title,
    severity,
    labels,
    heldBy,
    heldAt,
    until,
    reason,
  }: HeldTrouble): HeldResponse {
    return {
      kind,
      alert_id: kind === 'alert' ? id : null,
      series_id: kind === 'detection' ? id : null,
      title,
      severity,
      labels,
      held_by: { kind: heldBy.kind, id: heldBy.id, name: heldBy.name },
      reason,
      held_since: isoText(heldAt),
      held_until: until && isoText(until),
    };
  }
}
