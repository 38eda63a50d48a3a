import type { SeriesBehaviour, SeriesType } from '../telemetry.types';

/** The types of Prometheus' text format and of OpenMetrics, in the words we use. */
export const FAMILY_TYPES: ReadonlyMap<string, SeriesType> = new Map([
  ['counter', 'counter'],
  ['gauge', 'gauge'],
  ['histogram', 'histogram'],
  ['gaugehistogram', 'histogram'],
  ['summary', 'summary'],
  ['untyped', 'untyped'],
  ['unknown', 'untyped'],
  ['info', 'info'],
  ['stateset', 'gauge'],
]);

/** Which sample names belong to a family of a type, by their suffix, and how those samples behave. */
const SUFFIXES: Readonly<
  Record<SeriesType, readonly (readonly [suffix: string, behaviour: SeriesBehaviour])[]>
> = {
  counter: [
    ['_total', 'counter'],
    ['_created', 'gauge'],
  ],
  gauge: [],
  histogram: [
    ['_bucket', 'counter'],
    ['_sum', 'counter'],
    ['_count', 'counter'],
    ['_created', 'gauge'],
    ['_gsum', 'gauge'],
    ['_gcount', 'gauge'],
  ],
  summary: [
    ['_sum', 'counter'],
    ['_count', 'counter'],
    ['_created', 'gauge'],
  ],
  untyped: [],
  info: [['_info', 'gauge']],
};
const OWN_BEHAVIOUR: Readonly<Record<SeriesType, SeriesBehaviour>> = {
  counter: 'counter',
  gauge: 'gauge',
  histogram: 'untyped',
  // The family's bare name is its quantiles.
  summary: 'gauge',
  untyped: 'untyped',
  info: 'gauge',
};

export interface FamilyMember {
  /** The family's: `histogram` for its buckets, its sum and its count. */
  readonly type: SeriesType;
  /** How the number itself moves. */
  readonly behaviour: SeriesBehaviour;
}

/**
 * The family that a sample's name belongs to, by the name itself or by the name without its suffix.
 * @example findFamily('http_seconds_sum', new Map([['http_seconds', 'histogram']])) // { type: 'histogram', behaviour: 'counter' }
 */
export function findFamily(name: string, types: ReadonlyMap<string, SeriesType>): FamilyMember | null {
  const own = types.get(name);
  if (own !== undefined) return { type: own, behaviour: OWN_BEHAVIOUR[own] };
  const underscore = name.lastIndexOf('_');
  const type = underscore > 0 ? types.get(name.slice(0, underscore)) : undefined;
  const behaviour = type && suffixBehaviour(name, type);
  return type && behaviour ? { type, behaviour } : null;
}

/**
 * How a sample moves whose family's type is known, but not the family's name.
 * @example memberBehaviour('http_seconds_sum', 'histogram') // 'counter'
 */
export function memberBehaviour(name: string, type: SeriesType): SeriesBehaviour {
  return suffixBehaviour(name, type) ?? OWN_BEHAVIOUR[type];
}

/** Names that say by Prometheus' convention what they are. */
const COUNTER_NAME = /_(total|bucket|count|sum)$/;

/**
 * How a sample moves of which nobody has said the type: by the name's convention.
 * @example conventionalBehaviour('http_requests_total') // 'counter'
 */
export function conventionalBehaviour(name: string): SeriesBehaviour {
  return COUNTER_NAME.test(name) ? 'counter' : 'untyped';
}

function suffixBehaviour(name: string, type: SeriesType): SeriesBehaviour | undefined {
  const suffix = name.slice(Math.max(0, name.lastIndexOf('_')));
  return SUFFIXES[type].find(([known]) => known === suffix)?.[1];
}
