import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { DetectorPreset, DetectorTier } from '../detectors/detector.types';

/** A series' detector: what people set, and what it has learnt as of its last checkpoint. */
@Entity('detectors')
export class DetectorEntity {
  @PrimaryColumn('integer', { name: 'series_id' })
  seriesId: number;

  /** Null takes the deployment's default. */
  @Column('text', { nullable: true })
  preset: DetectorPreset | null;

  @Column('boolean', { name: 'strict_windows', default: false })
  strictWindows: boolean;

  @Column('boolean', { name: 'is_paused', default: false })
  isPaused: boolean;

  /** When the settings were last changed; the scoring process looks for newer ones. */
  @Column('timestamptz', { name: 'settings_at', default: () => 'now()' })
  settingsAt: Date;

  @Column('text', { nullable: true })
  tier: DetectorTier | null;

  @Column('bytea', { nullable: true })
  state: Buffer | null;

  @Column({ type: 'timestamptz', name: 'saved_at', precision: 3, nullable: true })
  savedAt: Date | null;
}
