import { csvLine } from '../../common/http/csv';
import { RemediationAction } from './action.entity';
import { ActionResponse } from './action.response';

/** The columns of the CSV export, in their order. */
const COLUMNS = [
  'id',
  'anomaly_id',
  'action_type',
  'action_name',
  'description',
  'status',
  'priority',
  'parameters',
  'target_id',
  'origin',
  'risk',
  'outcome',
  'error_message',
  'requested_by',
  'approved_by',
  'approved_at',
  'rejected_by',
  'rejected_at',
  'rejected_reason',
  'executed_by',
  'executed_at',
  'cancelled_by',
  'cancelled_at',
  'finished_at',
  'created_at',
  'updated_at',
] as const satisfies readonly (keyof ActionResponse)[];

/** Actions as CSV, a header and a line each. */
export async function* exportCsv(rows: AsyncIterable<RemediationAction>): AsyncGenerator<string> {
  yield csvLine(COLUMNS);
  for await (const row of rows) {
    const action = ActionResponse.from(row);
    yield csvLine(COLUMNS.map((column) => action[column]));
  }
}

/** Actions as one JSON document in the envelope, written piece by piece. */
export async function* exportJson(rows: AsyncIterable<RemediationAction>): AsyncGenerator<string> {
  yield '{"status":"success","data":{"remediation_actions":[';
  let first = true;
  for await (const row of rows) {
    yield `${first ? '' : ','}\n${JSON.stringify(ActionResponse.from(row))}`;
    first = false;
  }
  yield '\n]}}\n';
}
