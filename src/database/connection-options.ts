import { types } from 'pg';
import type { DataSourceOptions } from 'typeorm';

import { readInstant } from './instant';

const INT8 = 20;
// Ids, counts and byte sizes: all far below 2^53, and numbers in the contract.
types.setTypeParser(INT8, Number);

const TIMESTAMPTZ = 1184;
const readAnyInstant = types.getTypeParser(TIMESTAMPTZ, 'text') as (text: string) => Date | number;
types.setTypeParser(TIMESTAMPTZ, (text: string) => readInstant(text) ?? readAnyInstant(text));

/** How long a request waits for a connection; with the statement's own limit this keeps a 503 within three seconds. */
const CONNECT_TIMEOUT_MS = 2_000;
/** No statement of a request may hold a connection longer (safety T13). */
const STATEMENT_TIMEOUT_MS = 5_000;
/** The client's own limit, for a server that does not answer at all. */
const QUERY_TIMEOUT_MS = 10_000;

/** TypeORM's options for our pool: bounded waits everywhere, nulls in `where` refused, no schema synchronisation. */
export function connectionOptions(url: string, poolSize: number): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    poolSize,
    synchronize: false,
    invalidWhereValuesBehavior: { null: 'throw', undefined: 'throw' },
    applicationName: 'smartcloudops',
    extra: {
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
      idle_in_transaction_session_timeout: 60_000,
      keepAlive: true,
    },
  };
}
