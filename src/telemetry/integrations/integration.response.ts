import { ApiProperty } from '@nestjs/swagger';

import { Integration } from './integration.entity';
import { INTEGRATION_KINDS, type IntegrationKind, KIND_NAMES } from './integration-kind';
import { type Snippet, snippetFor, SnippetPlace } from './snippet';

/** How an integration is doing, in a word. */
const STATUSES = ['disabled', 'waiting', 'failing', 'receiving'] as const;
type IntegrationStatus = (typeof STATUSES)[number];

export class SnippetResponse implements Snippet {
  @ApiProperty({ enum: ['yaml', 'sh'] }) language: Snippet['language'];
  @ApiProperty({ description: 'To be pasted into the configuration of the sender' }) text: string;
}

/** An integration as people see it: never its key, never its secret. */
export class IntegrationResponse {
  @ApiProperty({ type: 'integer' }) id: number;
  @ApiProperty() name: string;
  @ApiProperty({ enum: [...KIND_NAMES] }) kind: IntegrationKind;
  @ApiProperty({
    enum: [...STATUSES],
    description: 'waiting: nothing has come yet; failing: the newest of what came could not be taken',
  })
  status: IntegrationStatus;
  @ApiProperty() is_enabled: boolean;
  @ApiProperty({ type: 'integer', nullable: true, description: 'The API key that its sender shows' })
  api_key_id: number | null;
  @ApiProperty({ description: 'Whether its sender signs what it sends' }) has_hmac_secret: boolean;
  @ApiProperty({ type: 'object', additionalProperties: true }) mapping: Record<string, unknown>;
  @ApiProperty({ type: 'integer' }) events_per_5_minutes: number;
  @ApiProperty({ type: 'integer', description: 'Posts that were taken, a batch as one' }) event_count: number;
  @ApiProperty({ type: 'integer', description: 'Posts that could not be taken' }) error_count: number;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) last_event_at: Date | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) last_error_at: Date | null;
  @ApiProperty({ type: String, nullable: true }) last_error: string | null;
  @ApiProperty() created_by: string;
  @ApiProperty({ type: String, format: 'date-time' }) created_at: Date;

  static from(row: Integration): IntegrationResponse {
    return {
      id: row.id,
      name: row.name,
      kind: row.kind,
      status: statusOf(row),
      is_enabled: row.isEnabled,
      api_key_id: row.apiKeyId,
      has_hmac_secret: row.hmacSecret !== null,
      mapping: row.mapping,
      events_per_5_minutes: row.eventsPer5Minutes,
      event_count: row.eventCount,
      error_count: row.errorCount,
      last_event_at: row.lastEventAt,
      last_error_at: row.lastErrorAt,
      last_error: row.lastError,
      created_by: row.createdBy,
      created_at: row.createdAt,
    };
  }
}

/** A kind of integration, whether or not there is one. */
export class IntegrationKindResponse {
  @ApiProperty({ enum: [...KIND_NAMES] }) kind: IntegrationKind;
  @ApiProperty() title: string;
  @ApiProperty({ example: 'alerts', description: 'What its senders tell us' }) sends: string;
  @ApiProperty({ example: '/api/alerts/json' }) path: string;
  @ApiProperty({ type: 'integer', description: 'How many there are' }) count: number;
  @ApiProperty({ type: () => SnippetResponse }) snippet: SnippetResponse;

  static all(integrations: readonly Integration[], place: SnippetPlace): IntegrationKindResponse[] {
    return KIND_NAMES.map((kind) => ({
      kind,
      title: INTEGRATION_KINDS[kind].title,
      sends: INTEGRATION_KINDS[kind].sends,
      path: INTEGRATION_KINDS[kind].path,
      count: integrations.filter((integration) => integration.kind === kind).length,
      snippet: snippetFor(kind, place),
    }));
  }
}

function statusOf({ isEnabled, lastEventAt, lastErrorAt }: Integration): IntegrationStatus {
  if (!isEnabled) return 'disabled';
  if (lastErrorAt !== null && (lastEventAt === null || lastErrorAt > lastEventAt)) return 'failing';
  return lastEventAt === null ? 'waiting' : 'receiving';
}
