import { ApiProperty } from '@nestjs/swagger';

import type { TrailEntry } from '../audit/audit-trail.service';
import type { AuditFault, AuditVerification, RemovedRows } from '../audit/audit-verifier';

const NULLABLE_TEXT = { type: String, nullable: true } as const;
const NULLABLE_INTEGER = { type: 'integer', nullable: true } as const;
const NULLABLE_TIME = { type: String, format: 'date-time', nullable: true } as const;
const NULLABLE_OBJECT = { type: 'object', additionalProperties: true, nullable: true } as const;

/** A row of the audit log as callers see it. */
export class AuditEntryResponse {
  @ApiProperty({ type: 'integer' }) id: number;
  @ApiProperty({ type: String, format: 'date-time' }) at: Date;
  @ApiProperty({ enum: ['user', 'api_key', 'system', 'anonymous'] }) actor_kind: string;
  @ApiProperty(NULLABLE_INTEGER) actor_id: number | null;
  @ApiProperty({ example: 'admin' }) actor: string;
  @ApiProperty({ example: 'anomaly.acknowledged' }) action: string;
  @ApiProperty({ example: 'anomaly' }) subject_type: string;
  @ApiProperty(NULLABLE_TEXT) subject_id: string | null;
  @ApiProperty({ ...NULLABLE_OBJECT, description: 'The changed members as they were' }) before: object | null;
  @ApiProperty({ ...NULLABLE_OBJECT, description: 'The changed members as they are since' })
  after: object | null;
  @ApiProperty(NULLABLE_TEXT) request_id: string | null;
  @ApiProperty({ ...NULLABLE_TEXT, description: 'Where the request came from' }) address: string | null;
  @ApiProperty({ description: 'Whether the row has its place in the hash chain; it gets it within a second' })
  sealed: boolean;
  @ApiProperty({ ...NULLABLE_INTEGER, description: 'That place' }) seq: number | null;

  static from(row: TrailEntry): AuditEntryResponse {
    return {
      id: row.id,
      at: row.at,
      actor_kind: row.actorKind,
      actor_id: row.actorId,
      actor: row.actorName,
      action: row.action,
      subject_type: row.subjectType,
      subject_id: row.subjectId,
      before: row.before,
      after: row.after,
      request_id: row.requestId,
      address: row.address,
      sealed: row.seq !== null,
      seq: row.seq,
    };
  }
}

export class AuditFaultResponse {
  @ApiProperty({
    enum: ['edited', 'missing', 'reordered', 'not_chained', 'cut', 'rewritten', 'forged'],
    description:
      'cut and rewritten are found by the checkpoint; forged is said of the checkpoint, or of what retention is said to have removed',
  })
  kind: AuditFault['kind'];
  @ApiProperty(NULLABLE_INTEGER) seq: number | null;
  @ApiProperty({ ...NULLABLE_INTEGER, description: 'The audit row' }) id: number | null;
  @ApiProperty() detail: string;

  static from({ kind, seq, auditId, detail }: AuditFault): AuditFaultResponse {
    return { kind, seq, id: auditId === null ? null : Number(auditId), detail };
  }
}

export class AuditCheckpointResponse {
  @ApiProperty({
    enum: ['agrees', 'disagrees', 'none'],
    description:
      'none: this process has no checkpoint in its DATA_DIR, so a cut end would not be noticed here',
  })
  state: 'agrees' | 'disagrees' | 'none';
  @ApiProperty(NULLABLE_INTEGER) seq: number | null;
  @ApiProperty(NULLABLE_TIME) at: string | null;
}

export class AuditRemovedResponse {
  @ApiProperty({ type: 'integer', description: 'Rows from the first to this one are gone' }) to_seq: number;
  @ApiProperty({ type: String, format: 'date-time' }) at: string;
  @ApiProperty({
    enum: ['this_machine', 'another_machine'],
    description: "another_machine: the signature cannot be checked with this process' key",
  })
  signed_by: RemovedRows['signedBy'];

  static from({ toSeq, at, signedBy }: RemovedRows): AuditRemovedResponse {
    return { to_seq: toSeq, at, signed_by: signedBy };
  }
}

/** What verifying found. */
export class AuditVerificationResponse {
  @ApiProperty({ description: 'Whether everything that was looked at holds' }) intact: boolean;
  @ApiProperty({ type: 'integer', description: '0 where there is nothing yet' }) from_seq: number;
  @ApiProperty({ type: 'integer' }) to_seq: number;
  @ApiProperty({ type: 'integer', description: 'Rows that hold, from the first on' }) verified: number;
  @ApiProperty({ type: AuditFaultResponse, nullable: true }) first_bad: AuditFaultResponse | null;
  @ApiProperty({ type: 'integer', description: 'Committed rows that wait for their seal' }) unsealed: number;
  @ApiProperty(NULLABLE_TIME) oldest_unsealed_at: Date | null;
  @ApiProperty({ type: AuditRemovedResponse, nullable: true, description: 'By retention; null: nothing' })
  removed: AuditRemovedResponse | null;
  @ApiProperty({ type: AuditCheckpointResponse }) checkpoint: AuditCheckpointResponse;

  static from(found: AuditVerification): AuditVerificationResponse {
    return {
      intact: found.firstBad === null,
      from_seq: found.fromSeq,
      to_seq: found.toSeq,
      verified: found.verified,
      first_bad: found.firstBad === null ? null : AuditFaultResponse.from(found.firstBad),
      unsealed: found.unsealed.count,
      oldest_unsealed_at: found.unsealed.oldestAt,
      removed: found.removed === null ? null : AuditRemovedResponse.from(found.removed),
      checkpoint: found.checkpoint,
    };
  }
}
