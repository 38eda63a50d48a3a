import { ApiProperty } from '@nestjs/swagger';

import { SEVERITIES, type Severity } from '../../anomaly/anomaly.types';
import { type Weekday, WEEKDAYS } from '../../common/time/recurrence';
import { ENDPOINT_KINDS, type EndpointKind } from '../notices/message';
import { NOTICE_TYPES, type NoticeType } from '../notices/notice';
import type { SeenEndpoint } from './endpoint.service';
import { SECRET_NAMES, type SecretName } from './endpoint-secrets';

class QuietHoursResponse {
  @ApiProperty({ enum: [...WEEKDAYS], isArray: true }) weekdays: readonly Weekday[];
  @ApiProperty() start_time: string;
  @ApiProperty({ type: 'integer' }) duration_minutes: number;
  @ApiProperty() time_zone: string;
}

class DigestResponse {
  @ApiProperty({ type: [String] }) group_by: readonly string[];
  @ApiProperty({ type: 'integer' }) wait_seconds: number;
  @ApiProperty({ type: 'integer' }) interval_seconds: number;
  @ApiProperty() critical_waits: boolean;
}

class EndpointSecretResponse {
  @ApiProperty({ enum: [...SECRET_NAMES] }) name: SecretName;
  @ApiProperty({ type: String, format: 'date-time' }) set_at: Date;
}

/** An endpoint as people see it: never its URL, nor what signs. */
export class EndpointResponse {
  @ApiProperty({ type: 'integer' }) id: number;
  @ApiProperty() name: string;
  @ApiProperty({ enum: [...ENDPOINT_KINDS] }) kind: EndpointKind;
  @ApiProperty({ description: 'Scheme, host and port of its URL; of mail its recipients' })
  destination: string;
  @ApiProperty() is_enabled: boolean;
  @ApiProperty({ type: String, nullable: true, description: 'Why the product itself switched it off' })
  disabled_reason: string | null;
  @ApiProperty({ enum: [...NOTICE_TYPES], isArray: true }) events: readonly NoticeType[];
  @ApiProperty({ enum: [...SEVERITIES] }) minimum_severity: Severity;
  @ApiProperty({ type: [String] }) matchers: readonly string[];
  @ApiProperty({ type: QuietHoursResponse, nullable: true }) quiet_hours: QuietHoursResponse | null;
  @ApiProperty({ type: [String], nullable: true, description: 'Of kind email' })
  recipients: readonly string[] | null;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Sender of its mails, where it is not SMTP_FROM',
  })
  from: string | null;
  @ApiProperty({
    type: DigestResponse,
    nullable: true,
    description: 'Null where each notice is told by itself',
  })
  digest: DigestResponse | null;
  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'How often what goes on is told again; null where it is not',
  })
  repeat_interval_seconds: number | null;
  @ApiProperty({ type: [EndpointSecretResponse], description: 'Which secrets are set' })
  secrets: EndpointSecretResponse[];
  @ApiProperty({ type: 'integer', description: 'Attempts that failed since the last that did not' })
  failures: number;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Until when it is left alone, having failed again and again',
  })
  paused_until: Date | null;
  @ApiProperty({ type: 'integer' }) version: number;
  @ApiProperty() created_by: string;
  @ApiProperty({ type: String, format: 'date-time' }) created_at: Date;
  @ApiProperty({ type: String, format: 'date-time' }) updated_at: Date;

  static from({ endpoint, matchers, secrets }: SeenEndpoint): EndpointResponse {
    const { quietHours, mail, digest } = endpoint;
    return {
      id: endpoint.id,
      name: endpoint.name,
      kind: endpoint.kind,
      destination: endpoint.destination,
      is_enabled: endpoint.isEnabled,
      disabled_reason: endpoint.disabledReason,
      events: endpoint.events,
      minimum_severity: endpoint.minimumSeverity,
      matchers,
      quiet_hours: quietHours && {
        weekdays: quietHours.weekdays,
        start_time: quietHours.startTime,
        duration_minutes: quietHours.durationMinutes,
        time_zone: quietHours.timeZone,
      },
      recipients: mail?.recipients ?? null,
      from: mail?.from ?? null,
      digest: digest && {
        group_by: digest.groupBy,
        wait_seconds: digest.waitSeconds,
        interval_seconds: digest.intervalSeconds,
        critical_waits: digest.doesCriticalWait,
      },
      repeat_interval_seconds: endpoint.repeatIntervalSeconds,
      secrets: secrets.map(({ name, setAt }) => ({ name, set_at: setAt })),
      failures: endpoint.failures,
      paused_until: endpoint.pausedUntil,
      version: endpoint.version,
      created_by: endpoint.createdBy,
      created_at: endpoint.createdAt,
      updated_at: endpoint.updatedAt,
    };
  }
}
