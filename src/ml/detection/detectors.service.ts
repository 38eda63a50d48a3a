import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { PageRequest, Pagination } from '../../common/http/pagination';
import { DetectionConfig } from '../../config/sections';
import { Database } from '../../database/database';
import { TelemetryService } from '../../telemetry/telemetry.service';
import type { Series } from '../../telemetry/telemetry.types';
import { DetectorEntity } from './detector.entity';
import { DetectorRepository, DetectorSettingsChange } from './detector.repository';
import { WatchedSeries } from './watched-series';
import { Watchlist } from './watchlist.service';

/** A detector as it stands: live in the scoring process, else as of its last checkpoint. */
export interface DetectorView {
  readonly watched: WatchedSeries;
  readonly title: string;
  readonly settings: Pick<DetectorEntity, 'preset' | 'strictWindows' | 'isPaused'>;
  /** Null where the view is live. */
  readonly asOf: Date | null;
}

/** What people see of detectors, and set. */
@Injectable()
export class DetectorsService {
  constructor(
    private readonly detectors: DetectorRepository,
    private readonly watchlist: Watchlist,
    private readonly telemetry: TelemetryService,
    private readonly database: Database,
    private readonly audit: AuditService,
    private readonly config: DetectionConfig,
  ) {}

  /** Throws SeriesNotFound. */
  async get(seriesId: number): Promise<DetectorView> {
    const series = await this.telemetry.getSeries(seriesId);
    return this.view(series, await this.detectors.find(seriesId));
  }

  /** Detectors of all series, newest series first. */
  async list(
    search: string | undefined,
    request: PageRequest,
  ): Promise<{ detectors: DetectorView[]; pagination: Pagination }> {
    const { series, pagination } = await this.telemetry.listSeries({ search }, request);
    const saved = new Map(
      (await this.detectors.findMany(series.map(({ id }) => id))).map((row) => [row.seriesId, row]),
    );
    return { detectors: series.map((one) => this.view(one, saved.get(one.id) ?? null)), pagination };
  }

  /** Sets sensitivity, or pauses and resumes; holds within a second or two. Throws SeriesNotFound. */
  async change(seriesId: number, change: DetectorSettingsChange, action: string): Promise<DetectorView> {
    const series = await this.telemetry.getSeries(seriesId);
    const saved = await this.database.run(async () => {
      const before = await this.detectors.find(seriesId);
      await this.detectors.changeSettings(seriesId, change);
      await this.audit.record({
        action,
        subjectType: 'detector',
        subjectId: seriesId,
        before: before && {
          preset: before.preset,
          strict_windows: before.strictWindows,
          is_paused: before.isPaused,
        },
        after: change,
      });
      return this.detectors.find(seriesId);
    });
    if (saved !== null) this.database.afterCommit(() => this.watchlist.find(seriesId)?.apply(saved));
    return this.view(series, saved);
  }

  /** Lets go of a deleted series. */
  async forget(seriesId: number): Promise<void> {
    await this.detectors.delete(seriesId);
    this.watchlist.forget(seriesId);
  }

  private view(series: Series, saved: DetectorEntity | null): DetectorView {
    const live = this.watchlist.find(series.id);
    const title = this.telemetry.titleOf(series);
    return {
      watched: live ?? WatchedSeries.of(series, title, saved, this.config),
      title,
      settings: saved ?? { preset: null, strictWindows: false, isPaused: false },
      asOf: live === null ? (saved?.savedAt ?? null) : null,
    };
  }
}
