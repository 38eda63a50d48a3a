import { ApiProperty } from '@nestjs/swagger';

import { VERSION } from '../config/version';
import type { ComponentState } from './components';
import { COMPONENT_STATES } from './components';

class DatabaseCheck {
  @ApiProperty({ description: 'Whether the database answers' }) database: boolean;
}

/** `GET /health`: what people and MLflow's clients look at. Not enveloped. */
export class HealthResponse {
  @ApiProperty({ enum: ['healthy'], description: 'The process lives; always so where there is an answer' })
  status: 'healthy';
  @ApiProperty({ example: VERSION }) version: string;
  @ApiProperty({ format: 'date-time' }) timestamp: string;
  @ApiProperty({ type: DatabaseCheck }) checks: DatabaseCheck;
}

export class NotReadyResponse {
  @ApiProperty({ enum: ['error'] }) status: 'error';
  @ApiProperty({ example: 'Not ready: database unreachable' }) message: string;
  @ApiProperty({ enum: ['health/not-ready'] }) code: 'health/not-ready';
  @ApiProperty({ type: [String], example: ['database unreachable'] }) reasons: string[];
  @ApiProperty() request_id: string;
}

class ServiceStates {
  @ApiProperty({ enum: ['healthy', 'unhealthy'] }) database: 'healthy' | 'unhealthy';
}

class HealthChecks {
  @ApiProperty({ description: 'The database answers' }) database: boolean;
  @ApiProperty({
    type: Boolean,
    nullable: true,
    description: 'Every table is there; null where nobody can tell',
  })
  migrations: boolean | null;
  @ApiProperty({ description: 'Not shutting down' }) accepting_requests: boolean;
}

/** `GET /api/health`. */
export class DetailedHealthResponse {
  @ApiProperty({ enum: ['healthy', 'unhealthy'] }) status: 'healthy' | 'unhealthy';
  @ApiProperty({ format: 'date-time' }) timestamp: string;
  @ApiProperty({ example: VERSION }) version: string;
  @ApiProperty({ type: ServiceStates }) services: ServiceStates;
  @ApiProperty({ type: HealthChecks }) checks: HealthChecks;
  @ApiProperty({ type: [String], description: 'Why it is unhealthy; empty when it is not' })
  reasons: string[];
}

const componentStates = () =>
  ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string', enum: COMPONENT_STATES },
    example: { database: 'healthy', jobs: 'healthy' },
  });

/** `GET /status`. */
export class StatusResponse {
  @ApiProperty({ enum: ['operational', 'degraded'] }) status: 'operational' | 'degraded';
  @ApiProperty({ example: '1d 2h 3m 4s' }) uptime: string;
  @ApiProperty({ example: VERSION }) version: string;
  @componentStates() components: Record<string, ComponentState>;
  @ApiProperty({ description: 'Seconds since 1970', example: 1_769_853_600.5 }) timestamp: number;
}

/** `GET /api/status`. */
export class ApiStatusResponse {
  @ApiProperty({ enum: ['healthy', 'degraded'] }) status: 'healthy' | 'degraded';
  @ApiProperty({ example: '1d 2h 3m 4s' }) uptime: string;
  @ApiProperty({ format: 'date-time' }) timestamp: string;
  @ApiProperty({ example: VERSION }) version: string;
  @componentStates() components: Record<string, ComponentState>;
  @ApiProperty({ example: 'production' }) environment: string;
}
