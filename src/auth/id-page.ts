import { InvalidInput } from '../common/errors/domain-error';
import {
  CursorQuery,
  decodeCursor,
  encodeCursor,
  PageRequest,
  pageRequest,
  paginate,
  Pagination,
} from '../common/http/pagination';
import { isId } from '../common/validation/fields';

/** A page of a list that runs by id, newest first: by its number, or on from the row that a cursor names. */
export interface IdPage extends PageRequest {
  readonly beforeId: number | null;
}

/** Throws  InvalidInput where the cursor is none of ours. */
export function idPage(query: CursorQuery): IdPage {
  const page = pageRequest(query);
  if (query.cursor === undefined) return { ...page, beforeId: null };
  const [beforeId] = decodeCursor(query.cursor, 1);
  if (!isId(beforeId)) throw new InvalidInput('Invalid cursor');
  return { ...page, beforeId };
}

/** The pagination of such a page: a full one may be followed by another. */
export function paginateById(
  page: IdPage,
  rows: readonly { readonly id: number }[],
  total: number,
): Pagination {
  const isFull = rows.length === page.perPage;
  return { ...paginate(page, total), next_cursor: isFull ? encodeCursor([rows[rows.length - 1].id]) : null };
}
