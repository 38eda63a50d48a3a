import { Injectable } from '@nestjs/common';

import { DetectionConfig } from '../../config/sections';
import { Log } from '../../observability/log';
import { TelemetryService } from '../../telemetry/telemetry.service';
import { HeldGroup, Series } from '../../telemetry/telemetry.types';
import { DetectorTier } from '../detectors/detector.types';
import { DetectorRepository } from './detector.repository';
import { planScoring } from './scoring-plan';
import { WatchedGroup } from './watched-group';
import { StoredDetector, WatchedSeries } from './watched-series';

/** States of this many series are saved in one statement. */
const SAVE_AT_ONCE = 200;
const NO_SETTINGS = { preset: null, strictWindows: false, isPaused: false, state: null };

/** The series under watch in this process, with their detectors, in the groups that it holds. */
@Injectable()
export class Watchlist {
  /** By the group's number; null where another process holds it. */
  private groups: (WatchedGroup | null)[] = [];
  private settingsSince = '1970-01-01';

  constructor(
    private readonly detectors: DetectorRepository,
    private readonly telemetry: TelemetryService,
    private readonly config: DetectionConfig,
    private readonly log: Log,
  ) {}

  /** Begins a group anew from what is saved. */
  open(held: HeldGroup, nowMs: number): void {
    if (this.groups.length !== held.groupCount)
      this.groups = Array.from({ length: held.groupCount }, () => null);
    this.groups[held.group] = new WatchedGroup(held, nowMs);
  }

  close(group: number): void {
    if (group < this.groups.length) this.groups[group] = null;
  }

  /** The groups that this process holds. */
  held(): WatchedGroup[] {
    return this.groups.filter((group) => group !== null);
  }

  /** Those of the groups that are wanted, each at its number. */
  select(wanted: ReadonlySet<number>): (WatchedGroup | null)[] {
    return this.groups.map((group, number) => (wanted.has(number) ? group : null));
  }

  /** Takes series under watch that are not yet, where they are of these groups. */
  async watch(groups: readonly (WatchedGroup | null)[], seriesIds: ArrayLike<number>): Promise<void> {
    const fresh = new Set<number>();
    for (let i = 0; i < seriesIds.length; i += 1) {
      const id = seriesIds[i];
      const group = groups[id % groups.length];
      if (group !== null && !group.series.has(id) && !group.unknown.has(id)) fresh.add(id);
    }
    if (fresh.size === 0) return;
    const ids = [...fresh];
    const [series, saved] = await Promise.all([this.telemetry.findSeries(ids), this.detectors.findMany(ids)]);
    const savedById = new Map<number, StoredDetector>(saved.map((row) => [row.seriesId, row]));
    await this.giveTiers(series, savedById);
    for (const one of series)
      groups[one.id % groups.length]?.series.set(one.id, this.begin(one, savedById.get(one.id) ?? null));
    // Samples of a series that was deleted meanwhile.
    const known = new Set(series.map(({ id }) => id));
    for (const id of ids) if (!known.has(id)) groups[id % groups.length]?.unknown.add(id);
  }

  find(seriesId: number): WatchedSeries | null {
    return this.groupOf(seriesId)?.series.get(seriesId) ?? null;
  }

  /** Stops watching a deleted series. */
  forget(seriesId: number): void {
    const group = this.groupOf(seriesId);
    group?.series.delete(seriesId);
    group?.unknown.add(seriesId);
  }

  /** Takes over settings that were changed, by whichever process. */
  async refreshSettings(): Promise<void> {
    for (const row of await this.detectors.listChanged(this.settingsSince)) {
      this.find(row.seriesId)?.apply(row);
      this.settingsSince = row.settingsAt;
    }
  }

  /** Saves what groups have learnt since they were saved last, in the open transaction; returns series that are deleted by now. */
  async save(groups: readonly WatchedGroup[]): Promise<number[]> {
    const dirty = groups.flatMap((group) => group.dirty());
    const gone = new Set(dirty.map(({ series }) => series.id));
    for (let i = 0; i < dirty.length; i += SAVE_AT_ONCE) {
      const states = dirty.slice(i, i + SAVE_AT_ONCE).map((one) => one.snapshot());
      for (const id of await this.detectors.saveStates(states.filter((state) => state !== null)))
        gone.delete(id);
    }
    return [...gone];
  }

  countByTier(): Record<DetectorTier, number> {
    const counts = { full: 0, light: 0 };
    for (const group of this.held())
      for (const { plan } of group.series.values()) if (plan !== null) counts[plan.tier] += 1;
    return counts;
  }

  private groupOf(seriesId: number): WatchedGroup | null {
    return this.groups[seriesId % this.groups.length] ?? null;
  }

  /** Decides the tier of series that are to be scored and have none, and puts it down beside what is stored of them. */
  private async giveTiers(series: readonly Series[], stored: Map<number, StoredDetector>): Promise<void> {
    const without = series.filter(
      (one) => (stored.get(one.id)?.tier ?? null) === null && planScoring(one, 'full') !== null,
    );
    if (without.length === 0) return;
    const tiers = await this.detectors.giveTiers(
      without.map(({ id }) => id),
      this.config.fullSeries,
    );
    for (const [id, tier] of tiers) stored.set(id, { ...(stored.get(id) ?? NO_SETTINGS), tier });
  }

  private begin(series: Series, stored: StoredDetector | null): WatchedSeries {
    const title = this.telemetry.titleOf(series);
    try {
      return WatchedSeries.of(series, title, stored, this.config);
    } catch (error) {
      // A state that cannot be read costs the series its past, never the others their detection.
      this.log.error(error, 'a saved detector state could not be read; the detector begins anew', {
        series: title,
      });
      return WatchedSeries.of(series, title, stored && { ...stored, state: null }, this.config);
    }
  }
}
