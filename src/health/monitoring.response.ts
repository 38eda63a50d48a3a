import { ApiProperty } from '@nestjs/swagger';

import type { ComponentState } from './components';
import { COMPONENT_STATES } from './components';
import { ReadinessAnswer } from './readiness';

export class MonitoredHealthResponse {
  @ApiProperty({
    enum: ['healthy', 'degraded', 'unhealthy'],
    description: 'Unhealthy: takes no requests. Degraded: an alert stands',
  })
  status: 'healthy' | 'degraded' | 'unhealthy';
  @ApiProperty({ type: [String], description: 'Why it takes none; empty when it does' }) reasons: string[];
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string', enum: COMPONENT_STATES } })
  components: Record<string, ComponentState>;
  @ApiProperty({ type: 'integer', description: 'How many stand; see GET /monitoring/alerts' }) alerts: number;

  static from(
    { ready, reasons }: ReadinessAnswer,
    components: Record<string, ComponentState>,
    alerts: number,
  ): MonitoredHealthResponse {
    const status = !ready ? 'unhealthy' : alerts > 0 ? 'degraded' : 'healthy';
    return { status, reasons, components, alerts };
  }
}

export class ProcessResponse {
  @ApiProperty({ type: 'integer' }) pid: number;
  @ApiProperty({ enum: ['all', 'api', 'worker'] }) role: string;
  @ApiProperty({ example: '1d 2h 3m 4s' }) uptime: string;
  @ApiProperty({ type: 'integer' }) uptime_seconds: number;
  @ApiProperty({ type: 'integer', description: 'Resident' }) memory_bytes: number;
  @ApiProperty({ type: 'integer' }) heap_used_bytes: number;
  @ApiProperty({ type: Number, nullable: true, description: 'Of one core: two busy ones read 200' })
  cpu_percent: number | null;
  @ApiProperty({ type: Number, nullable: true, description: 'How late timers ran in the last ten seconds' })
  event_loop_delay_p99_ms: number | null;
}

export class PoolUsageResponse {
  @ApiProperty({ type: 'integer', description: 'Connections this process may hold' }) size: number;
  @ApiProperty({ type: 'integer', description: 'Connections it holds' }) total: number;
  @ApiProperty({ type: 'integer' }) idle: number;
  @ApiProperty({ type: 'integer', description: 'Callers that wait for one' }) waiting: number;
}

export class QueueDepthResponse {
  @ApiProperty() name: string;
  @ApiProperty({ type: 'integer' }) waiting: number;
  @ApiProperty({ type: 'integer' }) active: number;
  @ApiProperty({ type: 'integer' }) failed: number;
  @ApiProperty({ type: 'integer' }) dead_letters: number;
}

export class RequestsResponse {
  @ApiProperty({ type: 'integer', description: 'Requests answered since the start' }) total: number;
  @ApiProperty({ type: 'integer', description: 'Of them with a 5xx' }) server_errors: number;
  @ApiProperty({ type: Number, nullable: true, description: 'null before the first request' })
  mean_duration_ms: number | null;
}
