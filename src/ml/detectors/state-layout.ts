import { CALIBRATOR_F32, CALIBRATOR_F64 } from './calibrator';
import { PROTOTYPES_F32, PROTOTYPES_F64 } from './prototype-memory';
import { STATISTIC_COUNT } from './statistics';

/**
 * Where each part of the full detector keeps its numbers. One buffer a series holds them all (about 31 KB), so that saving is
 * copying and five thousand series do not scatter half a million small objects over the heap.
 * Changing anything here changes the meaning of saved states: raise the version in `detector-state.ts` with it.
 */

/** Places in the 64-bit view. */
export const POINT = 0;
export const FORECASTS = 16;
export const ALARM = 32;
export const BAND = 40;
export const STATISTIC_VALUES = 48;
export const SURPRISES = STATISTIC_VALUES + STATISTIC_COUNT;
export const VECTORS = SURPRISES + STATISTIC_COUNT;
export const PROTOTYPE_HEADERS = VECTORS + 16;
export const PROTOTYPE_HEADER_STEP = PROTOTYPES_F64;
export const WINDOW_SUMS = PROTOTYPE_HEADERS + 2 * PROTOTYPES_F64;
export const WINDOW_RINGS = WINDOW_SUMS + 16;
export const WINDOW_RINGS_LENGTH = 128 + 64 + 64 + 16 + 4;
export const CALIBRATOR_HEADERS = WINDOW_RINGS + WINDOW_RINGS_LENGTH;
export const DAY_BUCKETS = CALIBRATOR_HEADERS + STATISTIC_COUNT * CALIBRATOR_F64;
export const WEEK_BUCKETS = DAY_BUCKETS + 2 * 24;
export const FIRST_VALUES = WEEK_BUCKETS + 2 * 168;
export const FIRST_VALUES_LENGTH = 120;
const F64_END = FIRST_VALUES + FIRST_VALUES_LENGTH;

/** Places in the 32-bit view of the same bytes. */
export const HISTOGRAMS = F64_END * 2;
export const PROTOTYPES = HISTOGRAMS + STATISTIC_COUNT * CALIBRATOR_F32;
export const PROTOTYPE_STEP = PROTOTYPES_F32;
export const PAST_SURPRISES = PROTOTYPES + 2 * PROTOTYPES_F32;
export const PAST_SURPRISES_LENGTH = 64;
const F32_END = PAST_SURPRISES + PAST_SURPRISES_LENGTH;

export const STATE_BYTES = F32_END * 4;
