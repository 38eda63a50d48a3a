import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

import type { Labels } from '../../metrics/labels';
import type { FiringAlert } from '../alert-list.service';
import type { SilenceMatcher, SilenceState } from '../silence';
import type { StatedSilence } from '../silence.repository';
import { MatcherDto } from './alertmanager.dto';

/** The one receiver that alerts go to here: what becomes of them is for the product to say. */
export const RECEIVER = 'smartcloudops';

export class ReceiverResponse {
  @ApiProperty({ example: RECEIVER }) name: string;
}

class AlertStateResponse {
  @ApiProperty({ enum: ['unprocessed', 'active', 'suppressed'] }) state: string;
  @ApiProperty({ type: [String] }) silencedBy: readonly string[];
  @ApiProperty({ type: [String] }) inhibitedBy: readonly string[];
  @ApiProperty({ type: [String] }) mutedBy: readonly string[];
}

export class GettableAlertResponse {
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } }) labels: Labels;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } }) annotations: Labels;
  @ApiProperty({ type: [ReceiverResponse] }) receivers: ReceiverResponse[];
  @ApiProperty({ example: '7909818cb2b8c9d0' }) fingerprint: string;
  @ApiProperty({ type: String, format: 'date-time' }) startsAt: Date;
  @ApiProperty({ type: String, format: 'date-time' }) updatedAt: Date;
  @ApiProperty({ type: String, format: 'date-time' }) endsAt: Date;
  @ApiPropertyOptional() generatorURL?: string;
  @ApiProperty() status: AlertStateResponse;

  /** Clients of this protocol know no alert without an end: one that only its sender can end shows an assumed one. */
  static from({ alert, silencedBy }: FiringAlert, assumedEnd: Date): GettableAlertResponse {
    return {
      labels: alert.labels,
      annotations: alert.annotations,
      receivers: [{ name: RECEIVER }],
      fingerprint: alert.fingerprint,
      startsAt: alert.startsAt,
      updatedAt: alert.updatedAt,
      endsAt: alert.endsAt ?? assumedEnd,
      ...(alert.generatorUrl !== null && { generatorURL: alert.generatorUrl }),
      status: {
        state: silencedBy.length > 0 ? 'suppressed' : 'active',
        silencedBy,
        inhibitedBy: [],
        mutedBy: [],
      },
    };
  }
}

export class AlertGroupResponse {
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } }) labels: Labels;
  @ApiProperty() receiver: ReceiverResponse;
  @ApiProperty({ type: [GettableAlertResponse] }) alerts: GettableAlertResponse[];
}

class SilenceStatusResponse {
  @ApiProperty({ enum: ['pending', 'active', 'expired'] }) state: SilenceState;
}

export class GettableSilenceResponse {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() status: SilenceStatusResponse;
  @ApiProperty({ type: String, format: 'date-time' }) updatedAt: Date;
  @ApiProperty({ type: [MatcherDto] }) matchers: MatcherDto[];
  @ApiProperty({ type: String, format: 'date-time' }) startsAt: Date;
  @ApiProperty({ type: String, format: 'date-time' }) endsAt: Date;
  @ApiProperty() createdBy: string;
  @ApiProperty() comment: string;

  static from({ id, state, updatedAt, matchers, startsAt, endsAt, createdBy, comment }: StatedSilence) {
    return {
      id,
      status: { state },
      updatedAt,
      matchers: matchers.map(matcherOf),
      startsAt,
      endsAt,
      createdBy,
      comment,
    } satisfies GettableSilenceResponse;
  }
}

export class SilenceIdResponse {
  @ApiProperty({ format: 'uuid' }) silenceID: string;
}

class ClusterResponse {
  @ApiProperty({ enum: ['ready', 'settling', 'disabled'] }) status: string;
}

class AlertmanagerVersionResponse {
  @ApiProperty() branch: string;
  @ApiProperty() buildDate: string;
  @ApiProperty() buildUser: string;
  @ApiProperty() goVersion: string;
  @ApiProperty() revision: string;
  @ApiProperty() version: string;
}

class OriginalConfigResponse {
  @ApiProperty({ description: 'YAML' }) original: string;
}

export class AlertmanagerStatusResponse {
  @ApiProperty() cluster: ClusterResponse;
  @ApiProperty() versionInfo: AlertmanagerVersionResponse;
  @ApiProperty() config: OriginalConfigResponse;
  @ApiProperty({ type: String, format: 'date-time' }) uptime: Date;
}

function matcherOf({ name, operator, value }: SilenceMatcher): MatcherDto {
  return {
    name,
    value,
    isRegex: operator === '=~' || operator === '!~',
    isEqual: operator === '=' || operator === '=~',
  };
}
