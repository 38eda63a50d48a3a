import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

import { InvalidInput } from '../errors/domain-error';
import { Field, Text } from '../validation/fields';

const DEFAULT_PER_PAGE = 20;
const MAX_PER_PAGE = 100;

/** Unparsable numbers fall back to the default, as the contract has it. */
const read = (value: unknown): unknown =>
  typeof value === 'string' ? (/^-?\d{1,15}$/.test(value.trim()) ? Number(value) : undefined) : undefined;

/** The paging part of every list's query. */
export class PageQuery {
  @Field(
    (value) => ((value as number) >= 1 ? null : 'Invalid page number'),
    { type: 'integer', minimum: 1, default: 1 },
    { required: false, read },
  )
  page?: number;

  @Field(
    (value) => ((value as number) >= 1 ? null : 'Invalid per_page'),
    {
      type: 'integer',
      minimum: 1,
      default: DEFAULT_PER_PAGE,
      description: `At most ${MAX_PER_PAGE}; more is clamped`,
    },
    { required: false, read },
  )
  per_page?: number;

  @Field(
    (value) => ((value as number) >= 1 ? null : 'Invalid limit'),
    { type: 'integer', minimum: 1, description: 'Alias of per_page' },
    { required: false, read },
  )
  limit?: number;
}

/** The paging part of a list that can also be walked by cursor. */
export class CursorQuery extends PageQuery {
  @Text(500, { required: false, description: 'Walks on from `pagination.next_cursor`; page is then ignored' })
  cursor?: string;
}

export interface PageRequest {
  readonly page: number;
  readonly perPage: number;
}

/** The page that a query asks for, clamped to the contract's limits. */
export function pageRequest(query: Pick<PageQuery, 'page' | 'per_page' | 'limit'>): PageRequest {
  return {
    page: query.page ?? 1,
    perPage: Math.min(query.per_page ?? query.limit ?? DEFAULT_PER_PAGE, MAX_PER_PAGE),
  };
}

export class Pagination {
  @ApiProperty({ type: 'integer' }) page: number;
  @ApiProperty({ type: 'integer' }) per_page: number;
  @ApiProperty({ type: 'integer' }) total: number;
  @ApiProperty({ type: 'integer', description: 'ceil(total / per_page), 0 when empty' }) pages: number;
  @ApiPropertyOptional({ description: 'The total was counted up to a cap; there may be more' })
  total_capped?: boolean;
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'Pass as `cursor` for the following page',
  })
  next_cursor?: string | null;
}

/**
 * The contract's pagination object.
 * @example paginate({ page: 1, perPage: 20 }, 41) // { page: 1, per_page: 20, total: 41, pages: 3 }
 */
export function paginate({ page, perPage }: PageRequest, total: number): Pagination {
  return { page, per_page: perPage, total, pages: Math.ceil(total / perPage) };
}

/** Packs the sort key of a page's last row into an opaque text. */
export function encodeCursor(key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/**
 * The sort key in a cursor.
 * Throws  InvalidInput where the text is no cursor of `length` parts.
 */
export function decodeCursor(cursor: string, length: number): (string | number)[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (
      Array.isArray(key) &&
      key.length === length &&
      key.every((part) => typeof part === 'string' || typeof part === 'number')
    ) {
      return key;
    }
  } catch {
    // Answered below, as for any other text that is no cursor.
  }
  throw new InvalidInput('Invalid cursor');
}
