import { ApiProperty } from '@nestjs/swagger';

import { VERSION } from '../config/version';
import type { Setting } from './config-description';

const ENDPOINTS = {
  type: 'object',
  additionalProperties: { type: 'string' },
  example: { docs: '/api/docs' },
} as const;

/** `GET /`. */
export class WelcomeResponse {
  @ApiProperty({ example: 'SmartCloudOps AI' }) name: string;
  @ApiProperty({ example: VERSION }) version: string;
  @ApiProperty({ enum: ['operational'] }) status: 'operational';
  @ApiProperty({ type: [String], example: ['Anomalies', 'Telemetry'] }) features: string[];
  @ApiProperty(ENDPOINTS) endpoints: Record<string, string>;
}

export class VersionResponse {
  @ApiProperty({ example: VERSION }) version: string;
  @ApiProperty({ example: 'v1', description: 'Changes only when a caller would break' }) api_version: string;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'null where the sources are run as they are',
  })
  build_date: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'null where neither the build nor a checkout tells',
  })
  commit_hash: string | null;
  @ApiProperty({ example: 'production' }) environment: string;
}

/** `GET /api/version`: the members in the envelope, and beside it for callers that read them at the top. */
export class VersionAnswer extends VersionResponse {
  @ApiProperty({ enum: ['success'] }) status: 'success';
  @ApiProperty({ type: VersionResponse }) data: VersionResponse;
}

export class InfoResponse {
  @ApiProperty({ example: 'SmartCloudOps AI' }) name: string;
  @ApiProperty() description: string;
  @ApiProperty({ example: VERSION }) version: string;
  @ApiProperty({ example: 'production' }) environment: string;
  @ApiProperty({ format: 'date-time' }) started_at: string;
  @ApiProperty({ example: '1d 2h 3m 4s' }) uptime: string;
  @ApiProperty({ enum: ['all', 'api', 'worker'], description: 'What this process does' }) role: string;
  @ApiProperty({ example: 'v24.9.0' }) node_version: string;
  @ApiProperty({ example: 'linux-x64' }) platform: string;
  @ApiProperty({ type: [String] }) features: string[];
  @ApiProperty(ENDPOINTS) endpoints: Record<string, string>;
}

export class SettingResponse implements Setting {
  @ApiProperty({ example: 'PORT' }) name: string;
  @ApiProperty({ example: 'Port to listen on; 0 takes a free one' }) description: string;
  @ApiProperty({
    description: 'The value in use; of a secret only `set` or `not set`; null where there is none',
    oneOf: [
      { type: 'string', nullable: true },
      { type: 'number' },
      { type: 'boolean' },
      { type: 'array', items: { type: 'string' } },
    ],
  })
  value: unknown;
  @ApiProperty({ type: String, nullable: true, example: '5000' }) default: string | null;
  @ApiProperty() secret: boolean;
}

export class ConfigSectionResponse {
  @ApiProperty({ example: 'server' }) section: string;
  @ApiProperty({ type: [SettingResponse] }) settings: SettingResponse[];
}
