import { ApiProperty } from '@nestjs/swagger';

import { MESSAGE_TYPES, type MessageType } from '../notices/notice';
import { DeliveryAttempt } from './attempt.entity';
import { Delivery, DELIVERY_STATES, type DeliveryState } from './delivery.entity';

/** A delivery as people see it. */
export class DeliveryResponse {
  @ApiProperty({
    format: 'uuid',
    description: 'Also its webhook-id, or in its Message-ID, over all attempts and replays',
  })
  id: string;
  @ApiProperty({ type: 'integer' }) endpoint_id: number;
  @ApiProperty({ enum: MESSAGE_TYPES }) type: MessageType;
  @ApiProperty({
    enum: [...DELIVERY_STATES],
    description: 'gathering waits for company; grouped was told by a digest; failed was given up',
  })
  state: DeliveryState;
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The delivery of the digest that told it',
  })
  digest_id: string | null;
  @ApiProperty({ type: 'integer' }) attempts: number;
  @ApiProperty({ type: String, format: 'date-time', description: 'When it is, or was, to be sent next' })
  due_at: Date;
  @ApiProperty({ type: String, format: 'date-time', description: 'From when on it is not tried any more' })
  give_up_at: Date;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why the last attempt failed, or which recipients of a mail it did not reach',
  })
  error: string | null;
  @ApiProperty({ description: 'What every attempt says' }) body: string;
  @ApiProperty({ type: String, format: 'date-time' }) created_at: Date;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) ended_at: Date | null;

  static from(delivery: Delivery): DeliveryResponse {
    return {
      id: delivery.id,
      endpoint_id: delivery.endpointId,
      type: delivery.type,
      state: delivery.state,
      digest_id: delivery.digestId,
      attempts: delivery.attempts,
      due_at: delivery.dueAt,
      give_up_at: delivery.giveUpAt,
      error: delivery.error,
      body: delivery.body,
      created_at: delivery.createdAt,
      ended_at: delivery.endedAt,
    };
  }
}

/** One attempt; one whose process died in it is missing from the numbers. */
export class DeliveryAttemptResponse {
  @ApiProperty({ type: 'integer' }) number: number;
  @ApiProperty({ type: String, format: 'date-time' }) at: Date;
  @ApiProperty({ type: 'integer' }) duration_ms: number;
  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'What the endpoint answered; null where it did not',
  })
  status: number | null;
  @ApiProperty({ type: String, nullable: true }) error: string | null;

  static from({ number, at, durationMs, status, error }: DeliveryAttempt): DeliveryAttemptResponse {
    return { number, at, duration_ms: durationMs, status, error };
  }
}
