import { encodeCursor } from '../common/http/pagination';
import { idPage, paginateById } from './id-page';

describe('a page by id', () => {
  it('is the one with the number asked for', () => {
    expect(idPage({ page: 3, per_page: 10 })).toEqual({ page: 3, perPage: 10, beforeId: null });
  });

  it('leads on to the next by a cursor, while it is full', () => {
    const page = idPage({ per_page: 2 });
    const { next_cursor: cursor } = paginateById(page, [{ id: 9 }, { id: 7 }], 5);
    expect(idPage({ per_page: 2, cursor: cursor as string })).toMatchObject({ perPage: 2, beforeId: 7 });
    expect(paginateById(page, [{ id: 1 }], 5).next_cursor).toBeNull();
    expect(paginateById(page, [], 0)).toEqual({
      page: 1,
      per_page: 2,
      total: 0,
      pages: 0,
      next_cursor: null,
    });
  });

  it.each(['rubbish', encodeCursor([1, 2]), encodeCursor(['1; DROP TABLE users']), encodeCursor([-1])])(
    'does not follow the cursor %j',
    (cursor) => {
      expect(() => idPage({ cursor })).toThrow('Invalid cursor');
    },
  );
});
