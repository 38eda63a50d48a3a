import { ApiProperty } from '@nestjs/swagger';

import type { RemedyEffectiveness } from './effectiveness.service';
import type { Estimate, Lift } from './lift';

const SHARE = { type: Number, minimum: 0, maximum: 1 } as const;

class RecoveredShareResponse {
  @ApiProperty(SHARE) share: number;
  @ApiProperty({ ...SHARE, description: '95 % interval (Wilson)' }) lower: number;
  @ApiProperty(SHARE) upper: number;

  static from({ share, lower, upper }: Estimate): RecoveredShareResponse {
    return { share, lower, upper };
  }
}

class ExpectedShareResponse {
  @ApiProperty({ ...SHARE, description: 'Mean over the actions of which it was known' }) share: number;
  @ApiProperty({
    ...SHARE,
    description:
      '95 % interval (Kaplan–Meier, Greenwood’s variance on the log-log scale, mean over the actions)',
  })
  lower: number;
  @ApiProperty(SHARE) upper: number;
  @ApiProperty({ type: 'integer', description: 'Of how many it was known; lift is about these' })
  actions: number;
}

class LiftResponse {
  @ApiProperty({
    type: Number,
    minimum: -1,
    maximum: 1,
    description: 'The share that recovered less the share that was to be expected to by itself',
  })
  value: number;
  @ApiProperty({ type: Number, description: '95 % interval (Newcombe’s hybrid score, MOVER)' }) lower: number;
  @ApiProperty() upper: number;

  static from({ difference, lower, upper }: Lift): LiftResponse {
    return { value: difference, lower, upper };
  }
}

/** Whether a remedy does more than time does, as callers see it. */
export class EffectivenessResponse {
  @ApiProperty({ example: 'metric:rss_bytes:high', description: 'The kind of trouble' })
  anomaly_class: string;
  @ApiProperty({ example: 'restart_service', description: '`runbook:` and its id, or the action type' })
  remedy: string;
  @ApiProperty({
    type: 'integer',
    description: 'Actions that were done and judged verified, no_effect or made_worse, of the latest 1,000',
  })
  treated: number;
  @ApiProperty({ type: 'integer', description: 'Verified: the trouble went within the time that was given' })
  recovered: number;
  @ApiProperty({ type: 'integer' }) made_worse: number;
  @ApiProperty({ type: 'integer', description: 'Nobody could tell; counted nowhere else' })
  unverified: number;
  @ApiProperty({ type: 'integer', description: 'Not done; counted nowhere else' }) failed: number;
  @ApiProperty({ type: RecoveredShareResponse, nullable: true, description: 'Recovered of treated' })
  recovery: RecoveredShareResponse | null;
  @ApiProperty({
    type: ExpectedShareResponse,
    nullable: true,
    description: 'The share that was to be expected to recover by itself in the same time',
  })
  expected: ExpectedShareResponse | null;
  @ApiProperty({ type: LiftResponse, nullable: true, description: 'What the remedy did beyond that' })
  lift: LiftResponse | null;
  @ApiProperty({ type: String, nullable: true, description: 'Why there is no lift' }) reason: string | null;
  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Median seconds from when it was done to when the trouble had gone, of those that recovered',
  })
  median_recovery_seconds: number | null;
  @ApiProperty({
    type: [Number],
    description:
      'The latest actions that showed something, the latest first; they may have been deleted since',
  })
  last_action_ids: readonly number[];

  static from(effectiveness: RemedyEffectiveness): EffectivenessResponse {
    const { recovery, expected, lift } = effectiveness;
    return {
      anomaly_class: effectiveness.anomalyClass,
      remedy: effectiveness.remedy,
      treated: effectiveness.treated,
      recovered: effectiveness.recovered,
      made_worse: effectiveness.madeWorse,
      unverified: effectiveness.unverified,
      failed: effectiveness.failed,
      recovery: recovery && RecoveredShareResponse.from(recovery),
      expected,
      lift: lift && LiftResponse.from(lift),
      reason: effectiveness.reason,
      median_recovery_seconds: effectiveness.medianRecoverySeconds,
      last_action_ids: effectiveness.lastActionIds,
    };
  }
}
