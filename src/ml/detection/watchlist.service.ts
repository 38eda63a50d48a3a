import { Injectable } from '@nestjs/common';

import { DetectionConfig } from '../../config/sections';
import { Log } from '../../observability/log';
import { TelemetryService } from '../../telemetry/telemetry.service';
import { DetectorTier } from '../detectors/detector.types';
import { DetectorRepository } from './detector.repository';
import { WatchedSeries } from './watched-series';

/** States of this many series are saved in one statement. */
const SAVE_AT_ONCE = 200;

/** The series under watch in the scoring process, with their detectors. */
@Injectable()
export class Watchlist {
  private readonly watched = new Map<number, WatchedSeries>();
  private readonly unknown = new Set<number>();
  private fullPlacesLeft = 0;
  private settingsSince = '1970-01-01';

  constructor(
    private readonly detectors: DetectorRepository,
    private readonly telemetry: TelemetryService,
    private readonly config: DetectionConfig,
    private readonly log: Log,
  ) {}

  /** Forgets everything and begins anew from what is saved. */
  async open(): Promise<void> {
    this.close();
    this.fullPlacesLeft = this.config.fullSeries - (await this.detectors.countFull());
  }

  close(): void {
    this.watched.clear();
    this.unknown.clear();
  }

  /** Takes series under watch that are not yet. */
  async watch(seriesIds: ArrayLike<number>): Promise<void> {
    const fresh = new Set<number>();
    for (let i = 0; i < seriesIds.length; i += 1) {
      if (!this.watched.has(seriesIds[i]) && !this.unknown.has(seriesIds[i])) fresh.add(seriesIds[i]);
    }
    if (fresh.size === 0) return;
    const ids = [...fresh];
    const [series, saved] = await Promise.all([this.telemetry.findSeries(ids), this.detectors.findMany(ids)]);
    const savedById = new Map(saved.map((row) => [row.seriesId, row]));
    for (const one of series) this.watched.set(one.id, this.begin(one, savedById.get(one.id) ?? null));
    // Samples of a series that was deleted meanwhile.
    for (const id of ids) if (!this.watched.has(id)) this.unknown.add(id);
  }

  find(seriesId: number): WatchedSeries | null {
    return this.watched.get(seriesId) ?? null;
  }

  /** Throws where the series is not under watch. */
  get(seriesId: number): WatchedSeries {
    const watched = this.watched.get(seriesId);
    if (watched === undefined) throw new Error(`series ${seriesId} is not under watch`);
    return watched;
  }

  /** Stops watching a deleted series. */
  forget(seriesId: number): void {
    if (this.watched.get(seriesId)?.plan?.tier === 'full') this.fullPlacesLeft += 1;
    this.watched.delete(seriesId);
    this.unknown.add(seriesId);
  }

  /** Takes over settings that were changed, by whichever process. */
  async refreshSettings(): Promise<void> {
    for (const row of await this.detectors.listChanged(this.settingsSince)) {
      this.watched.get(row.seriesId)?.apply(row);
      this.settingsSince = row.settingsAt;
    }
  }

  /** Saves what was learnt since the last checkpoint, in the open transaction. */
  async save(): Promise<void> {
    const dirty = [...this.watched.values()].filter(({ isDirty }) => isDirty);
    for (let i = 0; i < dirty.length; i += SAVE_AT_ONCE) {
      const states = dirty.slice(i, i + SAVE_AT_ONCE).map((one) => one.snapshot());
      await this.detectors.saveStates(states.filter((state) => state !== null));
    }
  }

  /** To be called once the transaction of `save` has committed; returns how many series it held. */
  markSaved(): number {
    const dirty = [...this.watched.values()].filter(({ isDirty }) => isDirty);
    for (const one of dirty) one.isDirty = false;
    return dirty.length;
  }

  countByTier(): Record<DetectorTier, number> {
    const counts = { full: 0, light: 0 };
    for (const { plan } of this.watched.values()) if (plan !== null) counts[plan.tier] += 1;
    return counts;
  }

  private begin(
    series: Parameters<typeof WatchedSeries.of>[0],
    saved: Parameters<typeof WatchedSeries.of>[2],
  ): WatchedSeries {
    const title = this.telemetry.titleOf(series);
    const isNew = (saved?.tier ?? null) === null;
    let watched: WatchedSeries;
    try {
      watched = WatchedSeries.of(series, title, saved, this.fullPlacesLeft > 0, this.config);
    } catch (error) {
      // A state that cannot be read costs the series its past, never the others their detection.
      this.log.error(error, 'a saved detector state could not be read; the detector begins anew', {
        series: title,
      });
      watched = WatchedSeries.of(
        series,
        title,
        saved === null ? null : { ...saved, state: null },
        this.fullPlacesLeft > 0,
        this.config,
      );
    }
    if (isNew && watched.plan?.tier === 'full') this.fullPlacesLeft -= 1;
    return watched;
  }
}
