import { ApiProperty } from '@nestjs/swagger';

import { isoText } from '../../common/time/iso-text';
import { RUNBOOK_STATES } from './runbook.dto';
import type { StatedRunbook } from './runbook.service';
import type { RunbookDefinition } from './runbook-definition';
import type { RunbookVersion } from './runbook-version.entity';

const DEFINITION = {
  type: 'object',
  additionalProperties: true,
  description: 'Checked, with what was left out filled in',
} as const;
const SHA256 = { description: 'SHA-256 of the text as it was sent, as hexadecimal' } as const;

/** A version of a runbook as callers see it. */
export class RunbookVersionResponse {
  @ApiProperty({ type: 'integer' }) runbook_id: number;
  @ApiProperty({ type: 'integer', example: 1 }) version: number;
  @ApiProperty(DEFINITION) definition: RunbookDefinition;
  @ApiProperty({ description: 'The text as it was sent' }) source: string;
  @ApiProperty({ enum: ['json', 'yaml'] }) format: string;
  @ApiProperty(SHA256) sha256: string;
  @ApiProperty() created_by: string;
  @ApiProperty({ type: String, format: 'date-time' }) created_at: string;

  static from(row: RunbookVersion): RunbookVersionResponse {
    return {
      runbook_id: row.runbookId,
      version: row.version,
      definition: row.definition,
      source: row.source,
      format: row.format,
      sha256: row.sha256,
      created_by: row.createdBy,
      created_at: isoText(row.createdAt),
    };
  }
}

/** A runbook as callers see it, with its latest version. */
export class RunbookResponse {
  @ApiProperty({ type: 'integer', example: 1 }) id: number;
  @ApiProperty({ example: 'Restart a service' }) name: string;
  @ApiProperty() description: string;
  @ApiProperty({ enum: RUNBOOK_STATES }) status: (typeof RUNBOOK_STATES)[number];
  @ApiProperty({ type: 'integer', description: 'Send it back as `version` to change it safely' })
  version: number;
  @ApiProperty(DEFINITION) definition: RunbookDefinition;
  @ApiProperty({ enum: ['json', 'yaml'], description: 'How the latest version was sent' }) format: string;
  @ApiProperty(SHA256) sha256: string;
  @ApiProperty() created_by: string;
  @ApiProperty({ type: String, format: 'date-time' }) created_at: string;
  @ApiProperty({ description: 'Who saved the latest version' }) updated_by: string;
  @ApiProperty({ type: String, format: 'date-time' }) updated_at: string;
  @ApiProperty({ type: String, nullable: true }) retired_by: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) retired_at: string | null;

  static from({ runbook, version }: StatedRunbook): RunbookResponse {
    return {
      id: runbook.id,
      name: runbook.name,
      description: version.definition.description,
      status: runbook.retiredAt === null ? 'active' : 'retired',
      version: runbook.version,
      definition: version.definition,
      format: version.format,
      sha256: version.sha256,
      created_by: runbook.createdBy,
      created_at: isoText(runbook.createdAt),
      updated_by: version.createdBy,
      updated_at: isoText(version.createdAt),
      retired_by: runbook.retiredBy,
      retired_at: runbook.retiredAt && isoText(runbook.retiredAt),
    };
  }
}
