import { logScale } from '../math/log-scale';
import { medianOfSorted, typicalDeviation } from '../math/robust';

/** Values before a calibrator speaks. */
export const CALIBRATOR_WARM_UP = 120;
const GRID_VALUES = 64;
const BINS = 256;
const BLOCK = 16;
const BLOCKS = BINS / BLOCK;
/** Bins an e-fold of distance, so each is an eighth of it wide; bin 128 starts at the grid's centre. */
const BINS_PER_UNIT = 8;
const MIDDLE_BIN = 128;
const EPOCH_VALUES = 5_000;
/** A value counts half as much after this many newer ones. */
const GROWTH = Math.pow(2, 1 / 5_000);
const LARGEST_WEIGHT = 1e4;
/** A value ten record ranges beyond the record is as extreme as any. */
const LARGEST_EXCESS = 10;

/** Numbers per calibrator: the header, then (as 32-bit floats) block sums followed by bins. */
export const CALIBRATOR_F64 = 12;
export const CALIBRATOR_F32 = BLOCKS + BINS;

const SEEN = 0;
const CENTRE = 1;
const SCALE = 2;
const LOWEST = 3;
const HIGHEST = 4;
const EPOCH_LOWEST = 5;
const EPOCH_HIGHEST = 6;
const PAST_LOWEST = 7;
const PAST_HIGHEST = 8;
const TOTAL = 9;
const WEIGHT = 10;

const grid = new Float64Array(GRID_VALUES);

/** What a calibrator is told about its statistic. */
export interface CalibratorKind {
  /** Decades for each record range by which a value exceeds the record; 0 judges by rank alone. */
  readonly recordGain: number;
  /** The statistic is in the series' own unit, so rounding is measured against the series' scale rather than against 1. */
  readonly inSeriesUnit: boolean;
}

/**
 * Turns statistics into conformal surprises: decades of rarity of a value among the statistic's own past, two-sided, plus a term
 * for values beyond the record. Ties count as at least as extreme, which keeps constant and discrete series quiet.
 *
 * The past is a histogram on a log-like grid fixed by the first 64 values; old weight halves every 5,000 values. Tails are summed
 * over 16 blocks and one block's 16 bins: two cache lines, where a Fenwick tree touches eight.
 *
 * All numbers live in memory given by the owner, so that saving is copying; `f64` and `f32` are two views of the same bytes.
 * Source  Conformal anomaly detection: Laxhammar & Falkman 2011; the record term is ours.
 */
export class CalibratorBank {
  constructor(
    private readonly f64: Float64Array,
    private readonly f32: Float32Array,
    private readonly headers: number,
    private readonly histograms: number,
    private readonly kinds: readonly CalibratorKind[],
  ) {}

  /** Prepares zeroed memory. */
  clear(): void {
    for (let i = 0; i < this.kinds.length; i++) {
      const at = this.headers + i * CALIBRATOR_F64;
      this.f64[at + WEIGHT] = 1;
      this.f64[at + LOWEST] = this.f64[at + EPOCH_LOWEST] = this.f64[at + PAST_LOWEST] = Infinity;
      this.f64[at + HIGHEST] = this.f64[at + EPOCH_HIGHEST] = this.f64[at + PAST_HIGHEST] = -Infinity;
    }
  }

  /**
   * Judges and then learns one value per calibrator: reads `count` statistics at `values` in the 64-bit array and writes their
   * surprises at `surprises`. A NaN statistic does not exist: surprise 0, nothing learnt.
   * Units   `seriesScale`: a typical deviation of the series; differences below a billionth of it are rounding.
   */
  judge(values: number, surprises: number, seriesScale: number): void {
    const f64 = this.f64;
    for (let i = 0; i < this.kinds.length; i++) {
      const y = f64[values + i];
      // NaN is the only number that differs from itself.
      if (y !== y) {
        f64[surprises + i] = 0;
        continue;
      }
      const at = this.headers + i * CALIBRATOR_F64;
      const kind = this.kinds[i];
      const rounding = kind.inSeriesUnit ? 1e-9 * seriesScale : 1e-9;
      if (f64[at + SEEN] < GRID_VALUES) {
        f64[surprises + i] = 0;
        this.collect(i, y, rounding);
        continue;
      }
      f64[surprises + i] = this.surpriseAndLearn(i, y, kind.recordGain, rounding);
    }
  }

  /** Values seen by one calibrator. */
  seen(index: number): number {
    return this.f64[this.headers + index * CALIBRATOR_F64 + SEEN];
  }

  /**
   * The value below which `fraction` of the past lies, as its bin's centre kept within the record.
   * Gaps    NaN before the 64th value.
   */
  quantile(index: number, fraction: number): number {
    const at = this.headers + index * CALIBRATOR_F64;
    if (this.f64[at + SEEN] < GRID_VALUES) return NaN;
    const sums = this.histograms + index * CALIBRATOR_F32;
    let rest = fraction * this.f64[at + TOTAL];
    let block = 0;
    while (block < BLOCKS - 1 && this.f32[sums + block] <= rest) rest -= this.f32[sums + block++];
    const bins = sums + BLOCKS + block * BLOCK;
    let bin = 0;
    while (bin < BLOCK - 1 && this.f32[bins + bin] <= rest) rest -= this.f32[bins + bin++];
    const fromMiddle = (block * BLOCK + bin + 0.5 - MIDDLE_BIN) / BINS_PER_UNIT;
    const centre = this.f64[at + CENTRE] + this.f64[at + SCALE] * Math.sinh(fromMiddle);
    return Math.min(Math.max(centre, this.f64[at + LOWEST]), this.f64[at + HIGHEST]);
  }

  private surpriseAndLearn(index: number, y: number, recordGain: number, rounding: number): number {
    const { f64, f32 } = this;
    const at = this.headers + index * CALIBRATOR_F64;
    const sums = this.histograms + index * CALIBRATOR_F32;
    const scaled = logScale((y - f64[at + CENTRE]) / f64[at + SCALE]) * BINS_PER_UNIT + MIDDLE_BIN;
    const bin = scaled < 0 ? 0 : scaled >= BINS ? BINS - 1 : Math.floor(scaled);
    const block = bin >> 4;
    const seen = f64[at + SEEN];
    const weight = f64[at + WEIGHT];
    const lowest = f64[at + LOWEST];
    const highest = f64[at + HIGHEST];
    let surprise = 0;

    if (seen >= CALIBRATOR_WARM_UP) {
      let below = 0;
      let above = 0;
      for (let b = 0; b < block; b++) below += f32[sums + b];
      for (let b = block + 1; b < BLOCKS; b++) above += f32[sums + b];
      const first = sums + BLOCKS + block * BLOCK;
      const own = sums + BLOCKS + bin;
      for (let b = first; b <= own; b++) below += f32[b];
      for (let b = own; b < first + BLOCK; b++) above += f32[b];
      if (y < lowest - rounding) below = 0;
      if (y > highest + rounding) above = 0;
      const p = (2 * (Math.min(below, above) + weight / 2)) / (f64[at + TOTAL] + weight);
      if (p < 1) surprise = -Math.log(p) * Math.LOG10E;
      const range = highest - lowest;
      if (recordGain > 0 && range > rounding) {
        const excess = y < lowest ? lowest - y : y > highest ? y - highest : 0;
        surprise += recordGain * Math.min(excess / range, LARGEST_EXCESS);
      }
    }

    f32[sums + block] += weight;
    f32[sums + BLOCKS + bin] += weight;
    f64[at + TOTAL] += weight;
    f64[at + WEIGHT] = weight * GROWTH;
    f64[at + SEEN] = seen + 1;
    if (y < lowest) f64[at + LOWEST] = y;
    if (y > highest) f64[at + HIGHEST] = y;
    if (y < f64[at + EPOCH_LOWEST]) f64[at + EPOCH_LOWEST] = y;
    if (y > f64[at + EPOCH_HIGHEST]) f64[at + EPOCH_HIGHEST] = y;
    if ((seen + 1) % EPOCH_VALUES === 0) this.endEpoch(at);
    if (f64[at + WEIGHT] > LARGEST_WEIGHT) this.rescale(at, sums);
    return surprise;
  }

  /** The first 64 values wait, as 64-bit numbers, where the bins will be. */
  private collect(index: number, y: number, rounding: number): void {
    const { f64 } = this;
    const at = this.headers + index * CALIBRATOR_F64;
    const sums = this.histograms + index * CALIBRATOR_F32;
    const waiting = sums >> 1;
    const seen = f64[at + SEEN];
    f64[waiting + seen] = y;
    f64[at + SEEN] = seen + 1;
    if (y < f64[at + LOWEST]) f64[at + LOWEST] = f64[at + EPOCH_LOWEST] = y;
    if (y > f64[at + HIGHEST]) f64[at + HIGHEST] = f64[at + EPOCH_HIGHEST] = y;
    if (seen + 1 < GRID_VALUES) return;

    for (let i = 0; i < GRID_VALUES; i++) grid[i] = f64[waiting + i];
    grid.sort();
    const centre = medianOfSorted(grid, GRID_VALUES);
    const scale = Math.max(typicalDeviation(grid, GRID_VALUES, centre), rounding);
    f64[at + CENTRE] = centre;
    f64[at + SCALE] = scale;
    this.f32.fill(0, sums, sums + CALIBRATOR_F32);
    for (let i = 0; i < GRID_VALUES; i++) {
      const scaled = logScale((grid[i] - centre) / scale) * BINS_PER_UNIT + MIDDLE_BIN;
      const bin = Math.min(Math.max(Math.floor(scaled), 0), BINS - 1);
      this.f32[sums + (bin >> 4)] += 1;
      this.f32[sums + BLOCKS + bin] += 1;
    }
    f64[at + TOTAL] = GRID_VALUES;
  }

  /** Records older than two epochs are forgotten: one early spike must not hide later ones for good. */
  private endEpoch(at: number): void {
    const { f64 } = this;
    f64[at + LOWEST] = Math.min(f64[at + EPOCH_LOWEST], f64[at + PAST_LOWEST]);
    f64[at + HIGHEST] = Math.max(f64[at + EPOCH_HIGHEST], f64[at + PAST_HIGHEST]);
    f64[at + PAST_LOWEST] = f64[at + EPOCH_LOWEST];
    f64[at + PAST_HIGHEST] = f64[at + EPOCH_HIGHEST];
    f64[at + EPOCH_LOWEST] = Infinity;
    f64[at + EPOCH_HIGHEST] = -Infinity;
  }

  /** Newer values weigh more instead of older ones less; now and then everything is divided down. */
  private rescale(at: number, sums: number): void {
    const weight = this.f64[at + WEIGHT];
    for (let i = 0; i < CALIBRATOR_F32; i++) this.f32[sums + i] /= weight;
    this.f64[at + TOTAL] /= weight;
    this.f64[at + WEIGHT] = 1;
  }
}
