import { ApiProperty } from '@nestjs/swagger';

import { EVENT_PROTOCOLS, type EventProtocol } from '../receivers/event-item';
import { QuarantinedEvent } from './quarantined-event.entity';

/** An event in quarantine as a list shows it. */
export class QuarantinedEventResponse {
  @ApiProperty({ type: 'integer' }) id: number;
  @ApiProperty({ enum: [...EVENT_PROTOCOLS] }) protocol: EventProtocol;
  @ApiProperty({ example: 'integration:3' }) sender: string;
  @ApiProperty({ type: 'integer', nullable: true }) integration_id: number | null;
  @ApiProperty({ description: 'Why it cannot be taken' }) reason: string;
  @ApiProperty() media_type: string;
  @ApiProperty({ description: 'The body was longer than what is kept, so it cannot be replayed' })
  is_cut: boolean;
  @ApiProperty({ type: 'integer', description: 'How often the same came' }) received_count: number;
  @ApiProperty({ type: String, format: 'date-time' }) received_at: Date;
  @ApiProperty({ type: String, format: 'date-time' }) last_received_at: Date;

  static from(row: QuarantinedEvent): QuarantinedEventResponse {
    return {
      id: row.id,
      protocol: row.protocol,
      sender: row.sender,
      integration_id: row.integrationId,
      reason: row.reason,
      media_type: row.mediaType,
      is_cut: row.isCut,
      received_count: row.receivedCount,
      received_at: row.receivedAt,
      last_received_at: row.lastReceivedAt,
    };
  }
}

/** The whole of it. */
export class QuarantinedEventDetail extends QuarantinedEventResponse {
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } }) headers: Record<string, string>;
  @ApiProperty({ description: 'As text; what is no UTF-8 shows as �' }) body: string;

  static override from(row: QuarantinedEvent): QuarantinedEventDetail {
    return { ...QuarantinedEventResponse.from(row), headers: row.headers, body: row.body.toString('utf8') };
  }
}
