import type { Seeded } from '../../common/seeded';

// Taken out of the global object once: a quantile asks for them a thousand times.
const { abs, exp, log, log1p } = Math;

/** A belief about a share: how often it came true and how often not, in trials that need not be whole. Both are above 0. */
export interface Beta {
  readonly a: number;
  readonly b: number;
}

/** The mean of a belief. */
export function meanOf({ a, b }: Beta): number {
  return a / (a + b);
}

const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
];

/** ln Γ(x) for x > 0. Source  Lanczos 1964, g = 7, nine terms: 15 digits. */
function logGamma(x: number): number {
  if (x < 0.5) return log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const z = x - 1;
  const series = LANCZOS.reduce((sum, term, index) => sum + term / (z + index + 1), 0.9999999999998099);
  const t = z + 7.5;
  return 0.5 * log(2 * Math.PI) + (z + 0.5) * log(t) - t + log(series);
}

const TINY = 1e-300;

function awayFromZero(value: number): number {
  return abs(value) < TINY ? TINY : value;
}

/** The continued fraction of the incomplete beta function, by Lentz' method. */
function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 500; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    fraction *= d * c;
    if (abs(d * c - 1) < 1e-12) break;
  }
  return fraction;
}

/**
 * How likely a share with this belief is at most x: the regularized incomplete beta function.
 * Source  Press et al., Numerical Recipes, 3rd ed., 6.4 (continued fraction, on the side where it converges fast).
 * @example betaCdf(0.5, { a: 3, b: 3 }) // 0.5
 */
export function betaCdf(x: number, belief: Beta): number {
  return below(x, belief, logScaleOf(belief));
}

/** ln of 1 / B(a, b), the same for every x. */
function logScaleOf({ a, b }: Beta): number {
  return logGamma(a + b) - logGamma(a) - logGamma(b);
}

function below(x: number, { a, b }: Beta, logScale: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = exp(logScale + a * log(x) + b * log1p(-x));
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction(x, a, b)) / a
    : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

const HALVINGS = 30;

/**
 * The share below which a belief lies with a probability; found by halving, to nine digits.
 * @example betaQuantile(0.05, { a: 1, b: 1 }) // 0.05
 */
export function betaQuantile(probability: number, belief: Beta): number {
  const logScale = logScaleOf(belief);
  let [low, high] = [0, 1];
  for (let halving = 0; halving < HALVINGS; halving += 1) {
    const middle = (low + high) / 2;
    if (below(middle, belief, logScale) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * One share drawn from a belief.
 * Source  X / (X + Y) of gamma draws; gamma by Marsaglia & Tsang, A simple method for generating gamma variables, 2000.
 */
export function drawBeta(seeded: Seeded, { a, b }: Beta): number {
  const [x, y] = [drawGamma(seeded, a), drawGamma(seeded, b)];
  // Both are too small to be told from 0 only where the belief says next to nothing.
  return x + y === 0 ? a / (a + b) : x / (x + y);
}

function drawGamma(seeded: Seeded, shape: number): number {
  if (shape < 1) return drawGamma(seeded, shape + 1) * (1 - seeded.next()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const normal = drawNormal(seeded);
    const v = (1 + c * normal) ** 3;
    if (v > 0 && log(1 - seeded.next()) < 0.5 * normal ** 2 + d - d * v + d * log(v)) return d * v;
  }
}

/** Source  Box & Muller 1958. */
function drawNormal(seeded: Seeded): number {
  return Math.sqrt(-2 * log(1 - seeded.next())) * Math.cos(2 * Math.PI * seeded.next());
}
