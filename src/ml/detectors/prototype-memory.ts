/** Numbers per vector. */
export const VECTOR = 8;
const PROTOTYPES = 64;
const LEARNING_RATE = 0.1;
const FADE_EVERY = 64;
const FADE = 0.98;

/** Numbers per memory: the header, then (as 32-bit floats) uses followed by prototypes. */
export const PROTOTYPES_F64 = 4;
export const PROTOTYPES_F32 = PROTOTYPES + PROTOTYPES * VECTOR;

const COUNT = 0;
const MEAN_DISTANCE = 1;
const LEARNT = 2;
const NEAREST = 3;

/**
 * Shapes seen so far: at most 64 prototypes of 8 numbers, in the manner of adaptive resonance. A vector far from all of them is
 * a shape that this series has not shown before.
 * Bounds  One pass over the prototypes per vector; a prototype is left half-way once it cannot be the nearest.
 */
export class PrototypeMemory {
  constructor(
    private readonly f64: Float64Array,
    private readonly f32: Float32Array,
    private readonly header: number,
    private readonly prototypes: number,
  ) {}

  /**
   * Root mean square distance of a vector from the nearest prototype, 0 while there is none. The nearest is remembered for `learn`.
   * Shape   `vector`: 8 numbers in the 64-bit array at that place, each within ±1e15.
   */
  distance(vector: number): number {
    const { f64, f32 } = this;
    const count = f64[this.header + COUNT];
    if (count === 0) return 0;
    const a = f64[vector];
    const b = f64[vector + 1];
    const c = f64[vector + 2];
    const d = f64[vector + 3];
    const e = f64[vector + 4];
    const f = f64[vector + 5];
    const g = f64[vector + 6];
    const h = f64[vector + 7];
    let least = Infinity;
    let nearest = 0;
    const end = this.prototypes + PROTOTYPES + count * VECTOR;
    for (let at = this.prototypes + PROTOTYPES; at < end; at += VECTOR) {
      const da = a - f32[at];
      const db = b - f32[at + 1];
      const dc = c - f32[at + 2];
      const dd = d - f32[at + 3];
      const half = da * da + db * db + (dc * dc + dd * dd);
      if (half >= least) continue;
      const de = e - f32[at + 4];
      const df = f - f32[at + 5];
      const dg = g - f32[at + 6];
      const dh = h - f32[at + 7];
      const square = half + (de * de + df * df + (dg * dg + dh * dh));
      if (square < least) {
        least = square;
        nearest = at;
      }
    }
    f64[this.header + NEAREST] = nearest;
    return Math.sqrt(least / VECTOR);
  }

  /** Learns the vector whose distance was asked for last. */
  learn(vector: number, distance: number): void {
    const { f64, f32 } = this;
    const count = f64[this.header + COUNT];
    const mean = f64[this.header + MEAN_DISTANCE];
    const learnt = f64[this.header + LEARNT] + 1;
    f64[this.header + LEARNT] = learnt;

    if (count < PROTOTYPES && (count === 0 || distance > mean / 2)) {
      this.store(count, vector);
      f64[this.header + COUNT] = count + 1;
    } else if (distance > 2 * mean) {
      this.store(this.leastUsed(), vector);
    } else {
      const at = f64[this.header + NEAREST];
      f32[this.prototypes + (at - this.prototypes - PROTOTYPES) / VECTOR] += 1;
      for (let i = 0; i < VECTOR; i++) f32[at + i] += LEARNING_RATE * (f64[vector + i] - f32[at + i]);
    }
    if (learnt % FADE_EVERY === 0) {
      for (let i = 0; i < PROTOTYPES; i++) f32[this.prototypes + i] *= FADE;
    }
    if (count > 0) {
      // One wild shape may not move the mean far; the first twenty may, since they set it.
      const most = 5 * mean + 1e-9 + (learnt < 20 ? distance : 0);
      f64[this.header + MEAN_DISTANCE] += Math.max(0.02, 1 / learnt) * (Math.min(distance, most) - mean);
    }
  }

  private store(index: number, vector: number): void {
    const at = this.prototypes + PROTOTYPES + index * VECTOR;
    for (let i = 0; i < VECTOR; i++) this.f32[at + i] = this.f64[vector + i];
    this.f32[this.prototypes + index] = 1;
  }

  private leastUsed(): number {
    let least = 0;
    for (let i = 1; i < PROTOTYPES; i++) {
      if (this.f32[this.prototypes + i] < this.f32[this.prototypes + least]) least = i;
    }
    return least;
  }
}
