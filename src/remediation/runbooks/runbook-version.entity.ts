import { Column, Entity, PrimaryColumn } from 'typeorm';

import { bigintAsNumber } from '../../database/bigint-column';
import type { RunbookDefinition } from './runbook-definition';
import type { SourceFormat } from './runbook-document';

/** What a runbook said from one save to the next. The database refuses to change it. */
@Entity('runbook_versions')
export class RunbookVersion {
  @PrimaryColumn('bigint', { generated: 'identity', transformer: bigintAsNumber })
  id: number;

  @Column('bigint', { name: 'runbook_id', transformer: bigintAsNumber })
  runbookId: number;

  @Column('integer')
  version: number;

  /** Checked, with what may be left out filled in. */
  @Column('jsonb')
  definition: RunbookDefinition;

  /** The text as it was sent. */
  @Column('text')
  source: string;

  @Column('text')
  format: SourceFormat;

  /** Of the text. */
  @Column('text')
  sha256: string;

  @Column('text', { name: 'created_by' })
  createdBy: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;
}
