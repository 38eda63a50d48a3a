import { AlarmRule, refractoryPoints, scoreOf } from './alarm-rule';
import { Band } from './band';
import { CALIBRATOR_WARM_UP, CalibratorBank } from './calibrator';
import {
  DECISION_SURPRISE,
  DetectorExplanation,
  DetectorReadiness,
  DetectorSettings,
  DetectorState,
  PointScore,
  StatisticEvidence,
} from './detector.types';
import { detectorState, numbersOf } from './detector-state';
import { FirstValues } from './first-values';
import { Forecasts } from './forecasts';
import { PrototypeMemory } from './prototype-memory';
import { ShortWindows } from './short-windows';
import * as layout from './state-layout';
import { PROTOTYPE_FIRST, SEASONAL_RESIDUAL, STATISTICS } from './statistics';
import { SurpriseHistory } from './surprise-history';

/** Values that fix the series' scale. */
const SCALE_VALUES = 64;
/** Confidence is full only once the calibrators have this many values to rank by. */
const CONFIDENT_VALUES = 720;
/** Before the calibrators speak nobody should act on a score. */
const WARM_UP_CONFIDENCE = 0.3;
/** A robust z of 3.5 is commonly called an outlier: it counts as the decision surprise, which warm-up scores never reach. */
const OUTLIER_Z = 3.5;
const LARGEST_Z = 1e6;
const LONG_GAP_INTERVALS = 64;
const INTERVAL_RATE = 0.05;
/** Sums of windows must stay finite. */
const LARGEST_VALUE = 1e300;
const SHAPE_EVERY = 4;
const PATTERN_EVERY = 2;

const SEEN = layout.POINT;
const LATEST_MS = layout.POINT + 1;
const INTERVAL_MS = layout.POINT + 2;
const SCALE = layout.POINT + 3;
const SCORE = layout.POINT + 4;
const SURPRISE = layout.POINT + 5;
const THRESHOLD = layout.POINT + 6;
const IS_ALARM = layout.POINT + 7;
const SCORED = layout.POINT + 8;

/**
 * Detector of one univariate series: one point in, one score out; one pass, no look-ahead, bounded work and memory.
 *
 * Statistics of the stream become conformal surprises (decades of rarity against their own past), the surprises become one by
 * rank-trimmed root mean squares, and that alarms through a habituating threshold with a refractory period. At every point:
 * predict, score, learn. `README.md` in this folder tells why.
 *
 * Everything learnt lies in one buffer, so a saved detector continues bit for bit, and equal input gives equal output.
 */
export class SeriesDetector {
  private readonly bytes: Uint8Array;
  private readonly f64: Float64Array;
  private readonly forecasts: Forecasts;
  private readonly windows: ShortWindows;
  private readonly calibrators: CalibratorBank;
  private readonly shapes: PrototypeMemory;
  private readonly patterns: PrototypeMemory;
  private readonly alarms: AlarmRule;
  private readonly band: Band;
  private readonly firstValues: FirstValues;
  private readonly history: SurpriseHistory;
  private readonly point: PointScore = {
    score: NaN,
    alarm: false,
    surprise: NaN,
    threshold: NaN,
    expected: NaN,
    lower: NaN,
    upper: NaN,
    usualLower: NaN,
    usualUpper: NaN,
    confidence: NaN,
    outside: false,
  };

  constructor(private settings: DetectorSettings) {
    const buffer = new ArrayBuffer(layout.STATE_BYTES);
    const f32 = new Float32Array(buffer);
    this.bytes = new Uint8Array(buffer);
    this.f64 = new Float64Array(buffer, 0, layout.STATE_BYTES >> 3);
    this.forecasts = new Forecasts(this.f64);
    this.windows = new ShortWindows(this.f64);
    this.calibrators = new CalibratorBank(
      this.f64,
      f32,
      layout.CALIBRATOR_HEADERS,
      layout.HISTOGRAMS,
      STATISTICS,
    );
    this.shapes = new PrototypeMemory(this.f64, f32, layout.PROTOTYPE_HEADERS, layout.PROTOTYPES);
    this.patterns = new PrototypeMemory(
      this.f64,
      f32,
      layout.PROTOTYPE_HEADERS + layout.PROTOTYPE_HEADER_STEP,
      layout.PROTOTYPES + layout.PROTOTYPE_STEP,
    );
    this.alarms = new AlarmRule(this.f64);
    this.band = new Band(this.f64, this.forecasts, this.calibrators);
    this.firstValues = new FirstValues(this.f64);
    this.history = new SurpriseHistory(f32);

    this.f64[LATEST_MS] = -Infinity;
    this.forecasts.clear();
    this.calibrators.clear();
    this.alarms.clear();
    this.band.clear();
  }

  /** Continues where a saved detector stood. Throws StateUnreadable. */
  static restore(state: DetectorState): SeriesDetector {
    const detector = new SeriesDetector(state.settings);
    detector.bytes.set(numbersOf(state, 'full', layout.STATE_BYTES));
    return detector;
  }

  /** Everything learnt, as a copy. */
  save(): DetectorState {
    return detectorState('full', this.settings, this.bytes.slice());
  }

  /** Changes the preset or the strictness and keeps what was learnt. */
  tune(settings: DetectorSettings): void {
    this.settings = settings;
  }

  /**
   * Scores one point and learns it.
   * Gaps    A value that is not finite is a missing point: score 0, nothing learnt, the forecast still given.
   * Order   A time at or before the latest one is scored, but says nothing about the usual interval.
   */
  score(timeMs: number, value: number): PointScore {
    const { f64, point } = this;
    const time = Number.isFinite(timeMs) ? timeMs : Math.max(0, f64[LATEST_MS]);
    const decision = DECISION_SURPRISE[this.settings.preset];
    this.forecasts.predict(time);
    if (!Number.isFinite(value)) return this.missing(decision);

    const x = value > LARGEST_VALUE ? LARGEST_VALUE : value < -LARGEST_VALUE ? -LARGEST_VALUE : value;
    const seen = f64[SEEN];
    if (seen === 0) this.forecasts.begin(x);
    this.learnInterval(time);
    if (seen < CALIBRATOR_WARM_UP) {
      this.firstValues.insert(seen, x);
      if (seen + 1 === SCALE_VALUES) f64[SCALE] = this.firstValues.scale(SCALE_VALUES);
    }
    this.forecast(seen > 0);
    point.outside = x < point.lower || x > point.upper;

    this.windows.take(x, this.forecasts, f64[SCALE], this.settings.strictWindows);
    if (this.windows.drawShapes(f64[SCALE])) this.judgeShapes();
    this.calibrators.judge(layout.STATISTIC_VALUES, layout.SURPRISES, f64[SCALE]);

    this.alarms.fade();
    const threshold = decision + this.alarms.habituation;
    if (seen < CALIBRATOR_WARM_UP) {
      // The value was inserted above, so that it is judged among itself and the earlier ones: mild, as a start should be.
      const z = Math.min(this.firstValues.robustZ(seen + 1, x), LARGEST_Z);
      point.surprise = (decision * z) / OUTLIER_Z;
      point.alarm = false;
      point.confidence =
        seen < 3 ? 0 : WARM_UP_CONFIDENCE * (seen / CALIBRATOR_WARM_UP) * (z / (z + OUTLIER_Z));
    } else {
      point.surprise = this.alarms.combine();
      point.alarm = this.alarms.decide(point.surprise, threshold, f64[INTERVAL_MS]);
      const readiness = Math.min(1, (seen + 1) / CONFIDENT_VALUES);
      const scale = WARM_UP_CONFIDENCE + (1 - WARM_UP_CONFIDENCE) * readiness;
      point.confidence = (1 - this.history.rankAndLearn(point.surprise)) * scale;
    }
    point.threshold = threshold;
    point.score = scoreOf(point.surprise, decision, point.alarm);
    this.remember();

    this.forecasts.learn(x);
    this.band.age();
    f64[SEEN] = seen + 1;
    return point;
  }

  readiness(): DetectorReadiness {
    const have = this.f64[SEEN];
    const ready = have >= CALIBRATOR_WARM_UP;
    const reason = ready
      ? 'enough values to rank new ones by'
      : `${CALIBRATOR_WARM_UP - have} more values are needed before this series may alarm; until then a robust z-score stands in`;
    return { ready, have, need: CALIBRATOR_WARM_UP, reason, tier: 'full' };
  }

  /** Why the latest point scored as it did. Allocates: not for every point. */
  explain(): DetectorExplanation {
    const { f64 } = this;
    // A statistic that does not exist yet is NaN, which JSON cannot carry and nobody wants to read.
    const statistics: StatisticEvidence[] = STATISTICS.slice(0, SEASONAL_RESIDUAL)
      .map((statistic, i) => ({
        name: statistic.name,
        view: statistic.view,
        value: f64[layout.STATISTIC_VALUES + i],
        surprise: f64[layout.SURPRISES + i],
      }))
      .filter(({ value }) => Number.isFinite(value));
    const scored = f64[SCORED] === 1;
    return {
      tier: 'full',
      score: f64[SCORE],
      surprise: f64[SURPRISE],
      threshold: f64[THRESHOLD],
      alarm: f64[IS_ALARM] === 1,
      views: {
        forecast: scored ? this.alarms.forecastView : 0,
        volatility: scored ? this.alarms.volatilityView : 0,
        prototype: scored ? this.alarms.prototypeView : 0,
      },
      statistics: scored ? statistics.sort((a, b) => b.surprise - a.surprise) : [],
      habituation: this.alarms.habituation,
      refractoryPoints: refractoryPoints(f64[INTERVAL_MS]),
      intervalSeconds: f64[INTERVAL_MS] > 0 ? f64[INTERVAL_MS] / 1000 : null,
    };
  }

  private missing(decision: number): PointScore {
    const { point } = this;
    this.forecast(this.f64[SEEN] > 0);
    point.score = 0;
    point.alarm = false;
    point.surprise = 0;
    point.threshold = decision + this.alarms.habituation;
    point.confidence = 0;
    point.outside = false;
    return point;
  }

  private forecast(known: boolean): void {
    const { band, point } = this;
    point.expected = known ? band.expected : NaN;
    point.lower = known ? band.lower : NaN;
    point.upper = known ? band.upper : NaN;
    point.usualLower = known ? band.usualLower : NaN;
    point.usualUpper = known ? band.usualUpper : NaN;
  }

  private learnInterval(time: number): void {
    const { f64 } = this;
    const gap = time - f64[LATEST_MS];
    if (!(gap > 0)) return;
    f64[LATEST_MS] = time;
    if (gap === Infinity) return;
    const usual = f64[INTERVAL_MS];
    if (usual === 0) {
      f64[INTERVAL_MS] = gap;
      return;
    }
    if (gap > LONG_GAP_INTERVALS * usual) this.windows.empty();
    f64[INTERVAL_MS] = usual + INTERVAL_RATE * (Math.min(gap, 3 * usual) - usual);
  }

  private judgeShapes(): void {
    const { f64 } = this;
    const k = this.windows.sinceGap;
    const shape = this.shapes.distance(layout.VECTORS);
    const pattern = this.patterns.distance(layout.VECTORS + 8);
    f64[layout.STATISTIC_VALUES + PROTOTYPE_FIRST] = shape;
    f64[layout.STATISTIC_VALUES + PROTOTYPE_FIRST + 1] = pattern;
    if (k % SHAPE_EVERY === 0) this.shapes.learn(layout.VECTORS, shape);
    if (k % PATTERN_EVERY === 0) this.patterns.learn(layout.VECTORS + 8, pattern);
  }

  /** So that `explain` still answers after a restore. */
  private remember(): void {
    const { f64, point } = this;
    f64[SCORE] = point.score;
    f64[SURPRISE] = point.surprise;
    f64[THRESHOLD] = point.threshold;
    f64[IS_ALARM] = point.alarm ? 1 : 0;
    f64[SCORED] = f64[SEEN] >= CALIBRATOR_WARM_UP ? 1 : 0;
  }
}
