import { ProductClient } from './product-client';
import { Remedy } from './scenarios';

/** What is expected of a remedy of which nothing was seen. */
const UNKNOWN = 0.5;

/** How the product counts what was done. */
export interface SuccessRates {
  readonly success_rate: number;
  readonly verified_success_rate: number;
}

/** A remedy among those that are known for a class of anomalies. */
export interface RankedRemedy {
  readonly remedy: string;
  readonly rank: number;
  readonly expected_success: number;
}

/** What the product has learnt so far of what helps. */
export interface Standing {
  readonly rates: SuccessRates;
  readonly rankings: readonly RankedRemedy[];
}

/** Asks the product what it has learnt of a class of anomalies at a target. */
export async function readStanding(
  client: ProductClient,
  anomalyClass: string,
  targetGroup: string,
): Promise<Standing> {
  const { stats: rates } = await client.get<{ stats: SuccessRates }>('/api/remediation/stats');
  const query = new URLSearchParams({ anomaly_class: anomalyClass, target_group: targetGroup });
  const { rankings } = await client.get<{ rankings: RankedRemedy[] }>(
    `/api/remediation/rankings?${query.toString()}`,
  );
  return { rates, rankings };
}

/**
 * What has moved between two standings, as lines.
 * @example standingLines(before, after)[0] // 'success rate 100 % → 100 %; verified 100 % → 50 %'
 */
export function standingLines(before: Standing, after: Standing): string[] {
  const moved = (from: number, to: number): string => `${from.toFixed(0)} % → ${to.toFixed(0)} %`;
  const known = new Map(before.rankings.map((ranked) => [ranked.remedy, ranked]));
  return [
    `success rate ${moved(before.rates.success_rate, after.rates.success_rate)}; verified ${moved(before.rates.verified_success_rate, after.rates.verified_success_rate)}`,
    ...after.rankings.map(({ remedy, rank, expected_success: expected }) => {
      const earlier = known.get(remedy);
      const was =
        earlier === undefined ? '' : `, was ${earlier.rank} with ${percent(earlier.expected_success)}`;
      return `${remedy} is now number ${rank} with ${percent(expected)} expected success${was}`;
    }),
  ];
}

/** What should have been learnt of a remedy and was not. */
export function learningComplaints(
  { action_type: type, shouldHelp }: Remedy,
  before: Standing,
  after: Standing,
): string[] {
  const hope = ({ rankings }: Standing): number =>
    rankings.find(({ remedy }) => remedy === type)?.expected_success ?? UNKNOWN;
  const hasLearnt = shouldHelp ? hope(after) > hope(before) : hope(after) < hope(before);
  return hasLearnt ? [] : [`of ${type} is not expected ${shouldHelp ? 'more' : 'less'} than before`];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
