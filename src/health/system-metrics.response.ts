import { ApiProperty } from '@nestjs/swagger';

import { Instant, QueryInteger } from '../common/validation/fields';
import { rounded } from './rounded';
import { SystemReading } from './system-history';
import { HISTORY_HOURS } from './system-sampler';
import { Spread, SystemSummary } from './system-summary';

export class MetricsRangeQuery {
  @Instant({
    required: false,
    description: 'Start of the history, inclusive; default one hour before its end',
  })
  start_time?: string;

  @Instant({ required: false, description: 'End of the history, exclusive; default now' })
  end_time?: string;
}

export class HistoryQuery {
  @QueryInteger(1, HISTORY_HOURS, { description: `Default ${HISTORY_HOURS}, which is what is kept` })
  hours?: number;
}

const figure = (description: string) =>
  ApiProperty({
    type: Number,
    nullable: true,
    description: `${description}; null where the platform does not tell`,
  });

/** One look at the machine. */
export class SystemMetricsResponse {
  @figure('Of all processors, since the reading before') cpu_usage_percent: number | null;
  @figure('What programs cannot have; caches count as free') memory_usage_percent: number | null;
  @figure('Of the disk that holds DATA_DIR') disk_usage_percent: number | null;
  @figure('Runnable programs, over a minute') load_avg_1min: number | null;
  @figure('Bytes a second over all interfaces but the loopback') network_bytes_sent_rate: number | null;
  @figure('Bytes a second over all interfaces but the loopback') network_bytes_recv_rate: number | null;

  static from({ host }: SystemReading): SystemMetricsResponse {
    return {
      cpu_usage_percent: rounded(host.cpuUsagePercent),
      memory_usage_percent: rounded(host.memoryUsagePercent),
      disk_usage_percent: rounded(host.diskUsagePercent),
      load_avg_1min: rounded(host.loadAvg1Min),
      network_bytes_sent_rate: rounded(host.networkSentBytesPerSecond),
      network_bytes_recv_rate: rounded(host.networkReceiveBytesPerSecond),
    };
  }
}

export class SystemReadingResponse extends SystemMetricsResponse {
  @ApiProperty({ format: 'date-time' }) timestamp: string;

  static override from(reading: SystemReading): SystemReadingResponse {
    return { timestamp: reading.at.toISOString(), ...SystemMetricsResponse.from(reading) };
  }
}

class SpreadResponse {
  @ApiProperty() avg: number;
  @ApiProperty() min: number;
  @ApiProperty() max: number;

  static from(spread: Spread | null): SpreadResponse | null {
    return spread === null
      ? null
      : { avg: rounded(spread.avg), min: rounded(spread.min), max: rounded(spread.max) };
  }
}

class TimeRangeResponse {
  @ApiProperty({ format: 'date-time' }) start: string;
  @ApiProperty({ format: 'date-time' }) end: string;
}

class SummaryResponse {
  @ApiProperty({ type: 'integer' }) sample_count: number;
  @ApiProperty({ type: SpreadResponse, nullable: true, description: 'Processor use in percent' })
  cpu_stats: SpreadResponse | null;
  @ApiProperty({ type: SpreadResponse, nullable: true, description: 'Memory use in percent' })
  memory_stats: SpreadResponse | null;
  @ApiProperty({ type: TimeRangeResponse, nullable: true }) time_range: TimeRangeResponse | null;

  static from({ sampleCount, cpu, memory, timeRange }: SystemSummary): SummaryResponse {
    return {
      sample_count: sampleCount,
      cpu_stats: SpreadResponse.from(cpu),
      memory_stats: SpreadResponse.from(memory),
      time_range:
        timeRange === null
          ? null
          : { start: timeRange.start.toISOString(), end: timeRange.end.toISOString() },
    };
  }
}

const RECENT_COUNT = 10;

export class HistoryResponse {
  @ApiProperty({ type: 'integer', description: 'Readings in the period, one every ten seconds' })
  total_samples: number;
  @ApiProperty({ type: 'integer' }) period_hours: number;
  @ApiProperty({ type: SummaryResponse }) summary_statistics: SummaryResponse;
  @ApiProperty({ type: [SystemReadingResponse], description: `The newest ${RECENT_COUNT}, oldest first` })
  recent_metrics: SystemReadingResponse[];

  static from(hours: number, readings: readonly SystemReading[], summary: SystemSummary): HistoryResponse {
    return {
      total_samples: readings.length,
      period_hours: hours,
      summary_statistics: SummaryResponse.from(summary),
      recent_metrics: readings.slice(-RECENT_COUNT).map((reading) => SystemReadingResponse.from(reading)),
    };
  }
}

/** `GET /metrics/history`: the members in the envelope, and beside it for callers that read them at the top. */
export class HistoryAnswer extends HistoryResponse {
  @ApiProperty({ enum: ['success'] }) status: 'success';
  @ApiProperty({ type: HistoryResponse }) data: HistoryResponse;
}
