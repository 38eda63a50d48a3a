import { ApiProperty } from '@nestjs/swagger';

import type { Standing } from './standing';

/** What is expected of a remedy for one kind of trouble. */
export class RankingResponse {
  @ApiProperty({ example: 'runbook:3', description: '`runbook:` and its id, or the action type' })
  remedy: string;
  @ApiProperty({ type: 'integer', description: 'The best one is 1' }) rank: number;
  @ApiProperty({
    minimum: 0,
    maximum: 1,
    description: 'How likely it is to help beyond what goes by itself (mean of what is believed)',
  })
  expected_success: number;
  @ApiProperty({ description: '95 % interval (credible)' }) lower: number;
  @ApiProperty() upper: number;
  @ApiProperty({ type: 'integer', description: 'How often the symptom was then seen to be gone' })
  verified: number;
  @ApiProperty({ type: 'integer' }) no_effect: number;
  @ApiProperty({ type: 'integer' }) made_worse: number;
  @ApiProperty({ type: 'integer' }) failed: number;
  @ApiProperty({ type: 'integer', description: 'All of these' }) of: number;
  @ApiProperty({ example: '8 of 10 verified on metric:rss_bytes:high' }) why: string;

  static from({ remedy, rank, expectedSuccess, lower, upper, counts, why }: Standing): RankingResponse {
    return {
      remedy,
      rank,
      expected_success: expectedSuccess,
      lower,
      upper,
      verified: counts.verified,
      no_effect: counts.noEffect,
      made_worse: counts.madeWorse,
      failed: counts.failed,
      of: counts.of,
      why,
    };
  }
}
