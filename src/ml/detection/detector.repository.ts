import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Repository } from 'typeorm';

import { Database } from '../../database/database';
import type { DetectorTier } from '../detectors/detector.types';
import { DetectorEntity } from './detector.entity';

/** A learnt state about to be saved. */
export interface SavedState {
  readonly seriesId: number;
  readonly tier: DetectorTier;
  readonly state: Buffer;
}

export type DetectorSettingsChange = Partial<Pick<DetectorEntity, 'preset' | 'strictWindows' | 'isPaused'>>;
export type DetectorSettingsRow = Pick<
  DetectorEntity,
  'seriesId' | 'preset' | 'strictWindows' | 'isPaused'
> & { settingsAt: string };

const SAVE = {
  name: 'detector_save_states',
  text: `INSERT INTO detectors (series_id, tier, state, saved_at)
         SELECT series_id, tier, state, now() FROM unnest($1::integer[], $2::text[], $3::bytea[]) AS row(series_id, tier, state) ORDER BY series_id
         ON CONFLICT ON CONSTRAINT detectors_pk DO UPDATE SET tier = excluded.tier, state = excluded.state, saved_at = excluded.saved_at`,
};

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

  /** How many series have a place in the full tier. */
  countFull(): Promise<number> {
    return this.database.bind(this.rows).countBy({ tier: 'full' });
  }

  async saveStates(states: readonly SavedState[]): Promise<void> {
    await this.database.query(SAVE, [
      states.map(({ seriesId }) => seriesId),
      states.map(({ tier }) => tier),
      states.map(({ state }) => state),
    ]);
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
