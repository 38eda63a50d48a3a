import { ApiProperty } from '@nestjs/swagger';

import { reopenSeconds, resolveSeconds } from '../detectors/episode';
import { DetectorView } from './detectors.service';

const NUMBER_OR_NULL = { type: Number, nullable: true } as const;

class ReadinessResponse {
  @ApiProperty() ready: boolean;
  @ApiProperty({ type: 'integer', description: 'Values seen' }) have: number;
  @ApiProperty({ type: 'integer', description: 'Values needed before anything may open' }) need: number;
  @ApiProperty({ ...NUMBER_OR_NULL, description: 'Until ready, at the usual interval' }) eta_seconds:
    number | null;
  @ApiProperty() reason: string;
}

class BandResponse {
  @ApiProperty(NUMBER_OR_NULL) expected: number | null;
  @ApiProperty({ ...NUMBER_OR_NULL, description: 'About one ordinary value in two thousand lies below' })
  lower: number | null;
  @ApiProperty(NUMBER_OR_NULL) upper: number | null;
  @ApiProperty({ ...NUMBER_OR_NULL, description: 'The range of the last hundred points or so' }) usual_lower:
    number | null;
  @ApiProperty(NUMBER_OR_NULL) usual_upper: number | null;
}

class LastScoreResponse {
  @ApiProperty({
    ...NUMBER_OR_NULL,
    description: 'The value that was scored: for a counter, its rate per second',
  })
  value: number | null;
  @ApiProperty({ description: '0 to 1; 0.5 is the decision level' }) score: number;
  @ApiProperty() confidence: number;
  @ApiProperty({ description: 'Decades of rarity against the series’ own past' }) surprise: number;
  @ApiProperty({ description: 'The surprise that an alarm asks for now' }) threshold: number;
  @ApiProperty() alarm: boolean;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'number' }, description: 'Surprise by view' })
  views: object;
  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    description: 'The statistics behind it, most surprising first',
  })
  statistics: readonly object[];
  @ApiProperty({ description: 'What earlier alarms added to the threshold' }) habituation: number;
  @ApiProperty({ description: 'Points before the next alarm, unless it is three times as surprising' })
  refractory_points: number;
}

/** A series' detector. */
export class DetectorResponse {
  @ApiProperty({ type: 'integer' }) series_id: number;
  @ApiProperty() series: string;
  @ApiProperty({
    type: String,
    enum: ['full', 'light'],
    nullable: true,
    description: 'Null: the series is stored, not scored',
  })
  tier: string | null;
  @ApiProperty({
    enum: ['quiet', 'normal', 'sensitive'],
    type: String,
    nullable: true,
    description: 'Null: the deployment’s default',
  })
  preset: string | null;
  @ApiProperty() strict_windows: boolean;
  @ApiProperty() is_paused: boolean;
  @ApiProperty({ description: 'An episode is going on' }) episode_open: boolean;
  @ApiProperty({ type: ReadinessResponse, nullable: true }) readiness: ReadinessResponse | null;
  @ApiProperty({ type: BandResponse, nullable: true }) band: BandResponse | null;
  @ApiProperty({ type: LastScoreResponse, nullable: true }) last_score: LastScoreResponse | null;
  @ApiProperty({ ...NUMBER_OR_NULL, description: 'Usual seconds between samples' }) interval_seconds:
    number | null;
  @ApiProperty({ ...NUMBER_OR_NULL, description: 'Normal for this long ends an episode' }) resolve_seconds:
    number | null;
  @ApiProperty({
    ...NUMBER_OR_NULL,
    description: 'Trouble within this long after the end is the same come back',
  })
  reopen_seconds: number | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Null: live; else the checkpoint that this shows',
  })
  as_of: Date | null;

  static from({ watched, title, settings, asOf }: DetectorView): DetectorResponse {
    const { watch, plan } = watched;
    const latest = watch?.latest ?? null;
    const readiness = watch?.readiness();
    const explanation = latest === null ? null : (watch?.explain() ?? null);
    const interval = watch === null || latest === null ? null : watch.intervalSeconds;
    return {
      series_id: watched.series.id,
      series: title,
      tier: plan?.tier ?? null,
      preset: settings.preset,
      strict_windows: settings.strictWindows,
      is_paused: settings.isPaused,
      episode_open: watch?.isEpisodeOpen ?? false,
      readiness:
        readiness === undefined
          ? null
          : {
              ready: readiness.ready,
              have: readiness.have,
              need: readiness.need,
              eta_seconds:
                readiness.ready || interval === null
                  ? null
                  : Math.round((readiness.need - readiness.have) * interval),
              reason: readiness.reason,
            },
      band:
        latest === null
          ? null
          : {
              expected: orNull(latest.expected),
              lower: orNull(latest.lower),
              upper: orNull(latest.upper),
              usual_lower: orNull(latest.usualLower),
              usual_upper: orNull(latest.usualUpper),
            },
      last_score:
        latest === null || explanation === null
          ? null
          : {
              value: orNull(watch?.latestValue ?? NaN),
              score: latest.score,
              confidence: latest.confidence,
              surprise: latest.surprise,
              threshold: latest.threshold,
              alarm: latest.alarm,
              views: explanation.views,
              statistics: explanation.statistics,
              habituation: explanation.habituation,
              refractory_points: explanation.refractoryPoints,
            },
      interval_seconds: interval,
      resolve_seconds: interval === null ? null : resolveSeconds(interval),
      reopen_seconds: interval === null ? null : reopenSeconds(interval),
      as_of: asOf,
    };
  }
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
