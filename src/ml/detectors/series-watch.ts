import { CounterRate, CounterRateState } from './counter-rate';
import {
  DetectorExplanation,
  DetectorReadiness,
  DetectorSettings,
  DetectorState,
  DetectorTier,
  PointScore,
} from './detector.types';
import { Episode, EpisodeState } from './episode';
import { EpisodeChange } from './episode.types';
import { LightDetector } from './light-detector';
import { SeriesDetector } from './series-detector';

export interface WatchSettings extends DetectorSettings {
  readonly tier: DetectorTier;
  /** The values are readings of a counter; its rate per second is watched. */
  readonly counter: boolean;
}

/** Everything that the watch over one series knows, as plain versioned data. */
export interface WatchState {
  readonly version: 1;
  /** Time of the latest sample, null before the first. */
  readonly latestMs: number | null;
  readonly detector: DetectorState;
  readonly episode: EpisodeState;
  /** null unless the series is a counter. */
  readonly counter: CounterRateState | null;
}

/**
 * The watch over one series: its detector, its episode, and for a counter its rate. What the server runs per series, and a replay too.
 * Equal input gives equal output; a saved watch continues bit for bit.
 */
export class SeriesWatch {
  private verdict: PointScore | null = null;
  private watched = NaN;
  private seenMs = -Infinity;

  private constructor(
    private readonly detector: SeriesDetector | LightDetector,
    private readonly episode: Episode,
    private readonly rate: CounterRate | null,
  ) {}

  static begin(settings: WatchSettings): SeriesWatch {
    const { preset, strictWindows, tier, counter } = settings;
    const detectorSettings = { preset, strictWindows };
    const detector =
      tier === 'full' ? new SeriesDetector(detectorSettings) : new LightDetector(detectorSettings);
    return new SeriesWatch(detector, new Episode(), counter ? new CounterRate() : null);
  }

  /** Throws StateUnreadable. */
  static restore(state: WatchState): SeriesWatch {
    const detector =
      state.detector.tier === 'full'
        ? SeriesDetector.restore(state.detector)
        : LightDetector.restore(state.detector);
    const rate = state.counter === null ? null : CounterRate.restore(state.counter);
    const watch = new SeriesWatch(detector, new Episode(state.episode), rate);
    watch.seenMs = state.latestMs ?? -Infinity;
    return watch;
  }

  save(): WatchState {
    return {
      version: 1,
      latestMs: this.seenMs === -Infinity ? null : this.seenMs,
      detector: this.detector.save(),
      episode: this.episode.save(),
      counter: this.rate === null ? null : this.rate.save(),
    };
  }

  /** Scores and learns one sample; tells what changed about the series' episode, mostly nothing. */
  observe(timeMs: number, value: number): EpisodeChange | null {
    if (timeMs > this.seenMs) this.seenMs = timeMs;
    this.watched = this.rate === null ? value : this.rate.perSecond(timeMs, value);
    this.verdict = this.detector.score(timeMs, this.watched);
    return this.episode.observe(timeMs, this.watched, this.verdict, this.detector);
  }

  /** The latest sample's verdict, rewritten by the next sample; null before the first. */
  get latest(): Readonly<PointScore> | null {
    return this.verdict;
  }

  /** The latest value that was scored: the sample itself, or a counter's rate (NaN where there is none). */
  get latestValue(): number {
    return this.watched;
  }

  /** Time of the latest sample, missing ones included; -Infinity before the first. */
  get latestMs(): number {
    return this.seenMs;
  }

  get isEpisodeOpen(): boolean {
    return this.episode.isOpen;
  }

  /** Usual interval between samples, in seconds; 1 while unknown. */
  get intervalSeconds(): number {
    return this.episode.intervalSeconds;
  }

  readiness(): DetectorReadiness {
    return this.detector.readiness();
  }

  explain(): DetectorExplanation {
    return this.detector.explain();
  }

  /** Changes the preset or the strictness and keeps what was learnt. */
  tune(settings: DetectorSettings): void {
    this.detector.tune(settings);
  }
}
