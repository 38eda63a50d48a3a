import { ApiProperty } from '@nestjs/swagger';

import { Evaluation, WatchedAlert } from './alert-watch';

export class OperationalAlertResponse {
  @ApiProperty({ example: 'disk_nearly_full', description: 'Stable, for programs' }) name: string;
  @ApiProperty({ example: 'host', description: 'What it is about' }) subject: string;
  @ApiProperty({ enum: ['medium', 'high', 'critical'] }) severity: string;
  @ApiProperty({ example: 'Disk of DATA_DIR: 91% used' }) message: string;
  @ApiProperty({ type: Number, nullable: true, example: 91.2 }) value: number | null;
  @ApiProperty({ type: Number, nullable: true, example: 85 }) threshold: number | null;
  @ApiProperty({ format: 'date-time', description: 'When a look first found it; it may have begun earlier' })
  first_seen_at: string;

  static from({
    name,
    subject,
    severity,
    message,
    value,
    threshold,
    firstSeenAt,
  }: WatchedAlert): OperationalAlertResponse {
    return { name, subject, severity, message, value, threshold, first_seen_at: firstSeenAt.toISOString() };
  }
}

export class EvaluationResponse {
  @ApiProperty({ type: [OperationalAlertResponse], description: 'Most severe first' })
  alerts: OperationalAlertResponse[];
  @ApiProperty({ type: [OperationalAlertResponse], description: 'Stood at the look before, and are over' })
  ended: OperationalAlertResponse[];
  @ApiProperty({ format: 'date-time' }) evaluated_at: string;

  static from({ at, alerts, ended }: Evaluation): EvaluationResponse {
    return {
      alerts: alerts.map((alert) => OperationalAlertResponse.from(alert)),
      ended: ended.map((alert) => OperationalAlertResponse.from(alert)),
      evaluated_at: at.toISOString(),
    };
  }
}
