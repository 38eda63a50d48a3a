import { ObjectLiteral, Repository } from 'typeorm';

import { IdPage } from './id-page';

/** A page of a table's rows, newest first, with the number of all. */
export async function newestFirst<Row extends ObjectLiteral>(
  rows: Repository<Row>,
  { page, perPage, beforeId }: IdPage,
): Promise<[Row[], number]> {
  const query = rows.createQueryBuilder('row').orderBy('row.id', 'DESC').take(perPage);
  if (beforeId === null) query.skip((page - 1) * perPage);
  else query.where('row.id < :beforeId', { beforeId });
  return [await query.getMany(), await rows.count()];
}
