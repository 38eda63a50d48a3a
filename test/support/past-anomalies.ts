import type { TestDatabase } from './test-database';

/** An anomaly as it went, in seconds ago. */
export interface PastAnomaly {
  /** Of this alert, or else of this metric. */
  readonly alertname?: string;
  readonly metric?: object;
  readonly openedAgo: number;
  /** What ended it, in order; each by the product itself where it says no more. */
  readonly then?: readonly {
    readonly event: 'resolved' | 'dismissed' | 'reopened' | 'deleted' | 'commented';
    readonly ago: number;
    readonly by?: 'system' | 'user';
    readonly resolution?: string;
  }[];
}

/** What the product writes where an alert was resolved by its sender. */
export const RECOVERED = 'The alert was resolved by its sender';

/** Writes anomalies as they went, with their history; returns their ids. Their alerts are long gone: no alert has an id like theirs. */
export async function addPastAnomalies(
  database: TestDatabase,
  anomalies: readonly PastAnomaly[],
): Promise<number[]> {
  const rows = await database.query<{ id: string }>(
    `WITH row AS (
       SELECT nextval(pg_get_serial_sequence('anomalies', 'id')) AS id, past, place FROM jsonb_array_elements($1) WITH ORDINALITY AS given (past, place)
     ), made AS (
       INSERT INTO anomalies (id, title, description, severity, status, anomaly_score, confidence, source, created_at, metric, labels, alert_id, alert_identity)
       OVERRIDING SYSTEM VALUE
       SELECT id, 'past', '', 'high', 'resolved', 0.7, 0.9, 'past', now() - make_interval(secs => (past ->> 'openedAgo')::float8), past -> 'metric',
         CASE WHEN past ? 'alertname' THEN jsonb_build_object('alertname', past ->> 'alertname') END,
         CASE WHEN past ? 'alertname' THEN -id END, CASE WHEN past ? 'alertname' THEN gen_random_uuid() END
       FROM row ORDER BY place RETURNING id
     )
     SELECT id FROM made ORDER BY id`,
    [JSON.stringify(anomalies)],
  );
  const ids = rows.map(({ id }) => Number(id));
  const history = anomalies.flatMap(({ openedAgo, then = [] }, index) => [
    { id: ids[index], event: 'opened', ago: openedAgo, by: 'system' },
    ...then.map(({ resolution, by = 'system', ...each }) => ({
      id: ids[index],
      by,
      ...each,
      changes: resolution === undefined ? null : { resolution },
    })),
  ]);
  await database.query(
    `INSERT INTO anomaly_history (anomaly_id, at, event, actor_kind, actor_name, to_status, changes)
     SELECT (line ->> 'id')::bigint, now() - make_interval(secs => (line ->> 'ago')::float8), line ->> 'event', line ->> 'by', 'somebody', 'open',
       nullif(line -> 'changes', 'null'::jsonb)
     FROM jsonb_array_elements($1) WITH ORDINALITY AS given (line, place) ORDER BY place`,
    [JSON.stringify(history)],
  );
  return ids;
}
