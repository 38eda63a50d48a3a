import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Repository } from 'typeorm';

import { Database } from '../../database/database';
import type { DetectorTier } from '../detectors/detector.types';
import { DetectorEntity } from './detector.entity';

/** A learnt state about to be saved. */
export interface SavedState {
  readonly seriesId: number;
  readonly state: Buffer;
}

export type DetectorSettingsChange = Partial<Pick<DetectorEntity, 'preset' | 'strictWindows' | 'isPaused'>>;
export type DetectorSettingsRow = Pick<
  DetectorEntity,
  'seriesId' | 'preset' | 'strictWindows' | 'isPaused'
> & { settingsAt: string };

// A series that was deleted meanwhile has no row any more, and gets none.
const SAVE = {
  name: 'detector_save_states',
  text: `UPDATE detectors SET state = row.state, saved_at = now()
         FROM unnest($1::integer[], $2::bytea[]) AS row(series_id, state) WHERE detectors.series_id = row.series_id
         RETURNING detectors.series_id AS "seriesId"`,
};

// Places in the full tier are the deployment's: processes that give them away do so one after the other.
const LOCK_TIERS = { name: 'detector_lock_tiers', text: 'SELECT pg_advisory_xact_lock(7203453, 4)' };

const GIVE_TIERS = {
  name: 'detector_give_tiers',
  text: `WITH places AS (SELECT $2::bigint - count(*) AS left_over FROM detectors WHERE tier = 'full')
         INSERT INTO detectors (series_id, tier)
         SELECT series_id, CASE WHEN place <= left_over THEN 'full' ELSE 'light' END
         FROM unnest($1::integer[]) WITH ORDINALITY AS row(series_id, place), places
         ON CONFLICT ON CONSTRAINT detectors_pk DO UPDATE SET tier = coalesce(detectors.tier, excluded.tier)
         RETURNING series_id AS "seriesId", tier`,
};

// Findings of one batch touch several incidents; two processes that apply theirs at once would wait for each other.
const LOCK_FINDINGS = { name: 'detection_lock_findings', text: 'SELECT pg_advisory_xact_lock(7203453, 5)' };

const CHANGED = {
  name: 'detector_settings_changed',
  // Compared as text with all its microseconds; the overlap of two seconds catches what committed late.
  text: `SELECT series_id AS "seriesId", preset, strict_windows AS "strictWindows", is_paused AS "isPaused", settings_at::text AS "settingsAt"
         FROM detectors WHERE settings_at > $1::timestamptz - interval '2 seconds' ORDER BY settings_at`,
};

/** The SQL of detectors. */
@Injectable()
export class DetectorRepository {
  constructor(
    @InjectRepository(DetectorEntity) private readonly rows: Repository<DetectorEntity>,
    private readonly database: Database,
  ) {}

  find(seriesId: number): Promise<DetectorEntity | null> {
    return this.database.bind(this.rows).findOneBy({ seriesId });
  }

  findMany(seriesIds: readonly number[]): Promise<DetectorEntity[]> {
    return this.database.bind(this.rows).findBy({ seriesId: In([...seriesIds]) });
  }

  /** The tier of each of these series: of those that had none the first get what is left of the places in the full tier, for good. */
  giveTiers(seriesIds: readonly number[], fullPlaces: number): Promise<Map<number, DetectorTier>> {
    return this.database.run(async () => {
      await this.database.query(LOCK_TIERS);
      const rows = await this.database.query<{ seriesId: number; tier: DetectorTier }>(GIVE_TIERS, [
        seriesIds,
        fullPlaces,
      ]);
      return new Map(rows.map(({ seriesId, tier }) => [seriesId, tier]));
    });
  }

  /** Saves what was learnt; returns the series that there still are. */
  async saveStates(states: readonly SavedState[]): Promise<number[]> {
    const rows = await this.database.query<{ seriesId: number }>(SAVE, [
      states.map(({ seriesId }) => seriesId),
      states.map(({ state }) => state),
    ]);
    return rows.map(({ seriesId }) => seriesId);
  }

  /** Makes the open transaction the only one that applies findings of detection, once others have ended. */
  async lockFindings(): Promise<void> {
    await this.database.query(LOCK_FINDINGS);
  }

  async changeSettings(seriesId: number, change: DetectorSettingsChange): Promise<void> {
    const row = { seriesId, ...change, settingsAt: () => 'clock_timestamp()' };
    const columns = [
      'settings_at',
      ...Object.keys(change).map((member) => COLUMNS[member as keyof DetectorSettingsChange]),
    ];
    await this.database
      .bind(this.rows)
      .createQueryBuilder()
      .insert()
      .values(row)
      .orUpdate(columns, ['series_id'])
      .execute();
  }

  /** Settings that changed since an instant, with some overlap: applying one twice is harmless. */
  listChanged(since: string): Promise<DetectorSettingsRow[]> {
    return this.database.query<DetectorSettingsRow>(CHANGED, [since]);
  }

  async delete(seriesId: number): Promise<void> {
    await this.database.bind(this.rows).delete({ seriesId });
  }
}

const COLUMNS = {
  preset: 'preset',
  strictWindows: 'strict_windows',
  isPaused: 'is_paused',
} as const satisfies Record<keyof DetectorSettingsChange, string>;
