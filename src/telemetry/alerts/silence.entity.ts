import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { SilenceMatcher, SilenceTerms } from './silence';

/** A time in which alerts with certain labels keep quiet. */
@Entity('silences')
export class Silence implements SilenceTerms {
  @PrimaryColumn('uuid', { default: () => 'gen_random_uuid()' })
  id: string;

  @Column('jsonb')
  matchers: readonly SilenceMatcher[];

  @Column({ type: 'timestamptz', name: 'starts_at', precision: 3 })
  startsAt: Date;

  @Column({ type: 'timestamptz', name: 'ends_at', precision: 3 })
  endsAt: Date;

  /** As the client says. */
  @Column('text', { name: 'created_by' })
  createdBy: string;

  @Column('text')
  comment: string;

  /** Whose credentials it was made with. */
  @Column('text', { name: 'recorded_by' })
  recordedBy: string;

  @Column({ type: 'timestamptz', name: 'updated_at', precision: 3, default: () => 'now()' })
  updatedAt: Date;
}
