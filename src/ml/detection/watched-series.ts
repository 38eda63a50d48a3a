import type { DetectionConfig } from '../../config/sections';
import type { Series } from '../../telemetry/telemetry.types';
import { reopenSeconds, resolveSeconds } from '../detectors/episode';
import { EpisodeChange } from '../detectors/episode.types';
import { SeriesWatch } from '../detectors/series-watch';
import { decodeWatch, encodeWatch } from '../detectors/watch-state';
import { Finding } from '../ml.types';
import type { DetectorEntity } from './detector.entity';
import type { SavedState } from './detector.repository';
import { planScoring, ScoringPlan } from './scoring-plan';

type Settings = Pick<DetectorEntity, 'preset' | 'strictWindows' | 'isPaused'>;
/** What is stored of a detector; of a series without a row, nothing. */
export type StoredDetector = Settings & Pick<DetectorEntity, 'tier' | 'state'>;

const DEFAULTS: Settings = { preset: null, strictWindows: false, isPaused: false };

/** A series under watch in the scoring process, or known as one that is only stored. */
export class WatchedSeries {
  /** Something was learnt since the last checkpoint. */
  isDirty = false;

  private constructor(
    readonly series: Series,
    readonly title: string,
    readonly plan: ScoringPlan | null,
    readonly watch: SeriesWatch | null,
    private readonly defaultPreset: DetectionConfig['preset'],
    private settings: Settings,
  ) {}

  /** Takes a series under watch: from its saved state where there is one. Throws StateUnreadable. */
  static of(
    series: Series,
    title: string,
    saved: StoredDetector | null,
    config: DetectionConfig,
  ): WatchedSeries {
    const settings: Settings = saved ?? DEFAULTS;
    const plan = planScoring(series, saved?.tier ?? 'full');
    if (plan === null) return new WatchedSeries(series, title, null, null, config.preset, settings);
    const detectorSettings = {
      preset: settings.preset ?? config.preset,
      strictWindows: settings.strictWindows,
    };
    const state = saved?.state ?? null;
    const watch =
      state === null
        ? SeriesWatch.begin({ ...detectorSettings, ...plan })
        : SeriesWatch.restore(decodeWatch(state));
    watch.tune(detectorSettings);
    return new WatchedSeries(series, title, plan, watch, config.preset, settings);
  }

  get isPaused(): boolean {
    return this.settings.isPaused;
  }

  /** Scores one sample. Samples that are not later than the latest one were dealt with before, or came too late to learn from. */
  observe(timeMs: number, value: number): EpisodeChange | null {
    if (this.watch === null || this.settings.isPaused || timeMs <= this.watch.latestMs) return null;
    this.isDirty = true;
    return this.watch.observe(timeMs, value);
  }

  apply(settings: Settings): void {
    this.settings = settings;
    this.watch?.tune({
      preset: settings.preset ?? this.defaultPreset,
      strictWindows: settings.strictWindows,
    });
  }

  /** What is told of a change of this series' episode. */
  finding(change: EpisodeChange): Finding {
    const intervalSeconds = this.watch?.intervalSeconds ?? 1;
    return {
      seriesId: this.series.id,
      name: this.series.name,
      labels: this.series.labels,
      title: this.title,
      tier: this.plan?.tier ?? 'light',
      change,
      intervalSeconds,
      reopenSeconds: resolveSeconds(intervalSeconds) + reopenSeconds(intervalSeconds),
    };
  }

  /** The learnt state, to be saved. */
  snapshot(): SavedState | null {
    if (this.watch === null) return null;
    return { seriesId: this.series.id, state: encodeWatch(this.watch.save()) };
  }
}
