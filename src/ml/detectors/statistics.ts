import { CalibratorKind } from './calibrator';
import { ViewName } from './detector.types';

/** Places of the statistics, which are also the calibrators' places. */
export const FORECAST_FIRST = 0;
export const FORECAST_COUNT = 10;
export const VOLATILITY_FIRST = 10;
export const VOLATILITY_COUNT = 3;
export const PROTOTYPE_FIRST = 13;
export const PROTOTYPE_COUNT = 2;
export const SLOW_MEAN_DEVIATION = 0;
export const FAST_MEAN_DEVIATION = 1;
/** Never asked for a surprise: it only keeps the seasonal forecast's residuals for the band. */
export const SEASONAL_RESIDUAL = 15;
export const STATISTIC_COUNT = 16;

export interface Statistic extends CalibratorKind {
  /** As an operator would say it. */
  readonly name: string;
  readonly view: ViewName;
}

const RECORD_GAIN = 7;

function linear(name: string, view: ViewName): Statistic {
  return { name, view, recordGain: RECORD_GAIN, inSeriesUnit: true };
}

/** Size is judged on the linear scale, proportion only by rank: a fall to a tenth is seen, but has no record to exceed. */
function proportional(name: string): Statistic {
  return { name, view: 'forecast', recordGain: 0, inSeriesUnit: false };
}

/** Distances between shapes are counted in typical deviations, so their rounding is not measured in the series' unit. */
function shape(name: string): Statistic {
  return { name, view: 'prototype', recordGain: RECORD_GAIN, inSeriesUnit: false };
}

/** What the detector looks at, in the order of the calibrators. */
export const STATISTICS: readonly Statistic[] = [
  linear('distance from the slow mean', 'forecast'),
  linear('distance from the fast mean', 'forecast'),
  linear('seasonal error over 4 points', 'forecast'),
  linear('seasonal error over 16 points', 'forecast'),
  linear('seasonal error over 48 points', 'forecast'),
  linear('level over 16 points', 'forecast'),
  linear('change between two runs of 64 points', 'forecast'),
  proportional('proportion to the fast mean'),
  proportional('proportion to the fast mean over 4 points'),
  proportional('proportion to the seasonal forecast'),
  linear('size of steps over 64 points', 'volatility'),
  linear('size of seasonal errors over 16 points', 'volatility'),
  linear('spread around the fast mean over 16 points', 'volatility'),
  shape('shape of the last 16 points'),
  shape('pattern of the last 8 points'),
  linear('seasonal error', 'forecast'),
];
