import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../../database/bigint-column';
import type { LabelCondition } from '../../telemetry/telemetry.types';

/** A source that is active hides the targets with the same values of the equal labels. */
@Entity('inhibition_rules')
export class InhibitionRule {
  @PrimaryColumn('bigint', { generated: 'identity', transformer: bigintAsNumber })
  id: number;

  @Column('text')
  name: string;

  @Column('jsonb', { name: 'source_matchers' })
  sourceMatchers: readonly LabelCondition[];

  @Column('jsonb', { name: 'target_matchers' })
  targetMatchers: readonly LabelCondition[];

  @Column('jsonb', { name: 'equal_labels' })
  equalLabels: readonly string[];

  @Column('text', { name: 'created_by' })
  createdBy: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', precision: 3, default: () => 'now()' })
  updatedAt: Date;
}
