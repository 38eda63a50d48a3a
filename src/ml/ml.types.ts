import type { DetectorTier } from './detectors/detector.types';
import type { EpisodeChange } from './detectors/episode.types';

export type { EpisodeChange, EpisodeEnded } from './detectors/episode.types';

/** What detection found about one series: an episode that opened, went on, or ended. */
export interface Finding {
  readonly seriesId: number;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** As people write it: `http_requests_total{code="500"}`. */
  readonly title: string;
  readonly tier: DetectorTier;
  readonly change: EpisodeChange;
  readonly intervalSeconds: number;
  /** A new episode that begins this soon after the last is the old trouble come back. */
  readonly reopenSeconds: number;
}
