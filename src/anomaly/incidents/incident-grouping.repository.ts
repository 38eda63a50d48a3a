import { Injectable } from '@nestjs/common';

import { recordingOf, Signature } from '../../audit/audit.service';
import { Database } from '../../database/database';
import type { Severity } from '../severity';
import { type Candidate, type GroupingWindows, type Placement, STORM } from './grouping';
import { telling } from './incident.repository';

// Alerts and detections are grouped by different processes; one at a time, so that two of them do not open an incident each.
const LOCK_GROUPING = {
  name: 'incident_lock_grouping',
  text: `SELECT pg_advisory_xact_lock(7203453, 1), clock_timestamp() AS now`,
};

const CANDIDATES = {
  name: 'incident_candidates',
  text: `SELECT incidents.id, incidents.status, severity, wanted.group_key AS "groupKey", last_activity_at AS "lastActivityAt",
           resolved_at AS "resolvedAt", incidents.group_key = '${STORM.key}' AS "isStorm"
         FROM unnest($1::text[]) AS wanted(group_key), LATERAL (
           SELECT one.id FROM (
             SELECT id FROM incidents WHERE incidents.group_key = wanted.group_key
             UNION ALL
             SELECT incident_id FROM incident_groups WHERE incident_groups.group_key = wanted.group_key
           ) AS found JOIN incidents AS one USING (id)
           WHERE merged_into IS NULL AND (one.status <> 'resolved' AND one.last_activity_at >= now() - make_interval(secs => $2)
             OR one.resolved_at >= now() - make_interval(secs => $3) AND one.group_key <> '${STORM.key}')
           ORDER BY one.status = 'resolved', one.id DESC LIMIT 1) AS latest
         JOIN incidents ON incidents.id = latest.id
         ORDER BY incidents.id FOR UPDATE OF incidents`,
};

// The newest ones suffice: whether there are more than the limit is all that counts.
const COUNT_LATELY = {
  name: 'incident_count_lately',
  text: `SELECT count(*) AS opened FROM (
           SELECT opened_at FROM incidents WHERE group_key <> '${STORM.key}' ORDER BY id DESC LIMIT $1) AS newest
         WHERE opened_at > clock_timestamp() - interval '1 minute'`,
};

const TAKE_IN = {
  name: 'incident_take_in',
  text: `INSERT INTO incident_groups (incident_id, group_key)
         SELECT incident_id, group_key FROM jsonb_to_recordset($1) AS row(incident_id bigint, group_key text)
         ON CONFLICT ON CONSTRAINT incident_groups_pk DO NOTHING`,
};

/**
 * One goes into another: its members, its groups and whatever went into it before. $6 goes into $7 for the reason $8.
 * It keeps no group of its own, so that nobody finds it by one again, the version before this one included.
 */
const MERGE = {
  name: 'incident_merge',
  text: `WITH own AS (
           SELECT id, group_key, anomaly_count FROM incidents WHERE id = $6::bigint
         ), merged AS (
           UPDATE incidents SET status = 'resolved', resolved_by = $3, resolved_at = now(), merged_into = $7::bigint, group_key = 'merged ' || own.id
           FROM own WHERE incidents.id = own.id
           RETURNING own.id, own.group_key, own.anomaly_count
         ), grown AS (
           UPDATE incidents SET anomaly_count = incidents.anomaly_count + merged.anomaly_count FROM merged WHERE incidents.id = $7::bigint
         ), forwarded AS (
           UPDATE incidents SET merged_into = $7::bigint WHERE merged_into = $6::bigint
         ), moved AS (
           UPDATE anomalies SET incident_id = $7::bigint,
             incident_reason = incident_reason || ' (in incident ' || $6::bigint || ', which is one with this: ' || $8::text || ')'
           WHERE incident_id = $6::bigint RETURNING id, status, incident_reason
         ), told_members AS (
           INSERT INTO anomaly_history (anomaly_id, event, actor_kind, actor_id, actor_name, from_status, to_status, changes)
           SELECT id, 'updated', $1, $2, $3, status, status, jsonb_build_object('incident_id', $7::bigint, 'incident_reason', incident_reason)
           FROM moved ORDER BY id
         ), let_go AS (
           DELETE FROM incident_groups WHERE incident_id = $6::bigint RETURNING group_key
         ), taken_in AS (
           INSERT INTO incident_groups (incident_id, group_key)
           SELECT $7::bigint, group_key FROM (SELECT group_key FROM merged UNION SELECT group_key FROM let_go) AS both_kinds
           ON CONFLICT ON CONSTRAINT incident_groups_pk DO NOTHING
         ), changed (id, event, details) AS (
           VALUES ($6::bigint, 'merged', jsonb_build_object('merged_into', $7::bigint, 'reason', $8::text)),
             ($7::bigint, 'took_in', jsonb_build_object('incident_id', $6::bigint, 'reason', $8::text))
         ), told AS (
           INSERT INTO incident_history (incident_id, event, actor_kind, actor_id, actor_name, details)
           SELECT id, event, $1, $2, $3, details FROM changed
         ), recorded AS (
           ${recordingOf(`(
             SELECT 'incident.' || event AS action, 'incident' AS subject_type, id::text AS subject_id, NULL::jsonb AS before, details AS after
             FROM changed) AS change`)}
         )
         SELECT id FROM merged`,
};

const OPEN_MANY = {
  name: 'incident_open_many',
  text: `WITH opened AS (
           INSERT INTO incidents (title, severity, group_key, group_labels, anomaly_count)
           SELECT title, severity, group_key, group_labels, anomaly_count
           FROM jsonb_to_recordset($6) AS row(position integer, title text, severity text, group_key text, group_labels jsonb, anomaly_count bigint)
           ORDER BY position
           RETURNING id, group_key, 'opened' AS event, NULL::jsonb AS before,
             jsonb_build_object('title', title, 'severity', severity, 'group_labels', group_labels) AS after
         ), ${telling('opened')}
         SELECT id, group_key AS "groupKey" FROM opened`,
};

const JOIN_MANY = {
  name: 'incident_join_many',
  text: `WITH joined AS (
           UPDATE incidents SET anomaly_count = incidents.anomaly_count + row.count, severity = row.severity,
             last_activity_at = GREATEST(incidents.last_activity_at, clock_timestamp()),
             status = CASE before.status WHEN 'resolved' THEN 'open' ELSE before.status END, resolved_at = NULL, resolved_by = NULL,
             acknowledged_at = CASE before.status WHEN 'resolved' THEN NULL ELSE before.acknowledged_at END,
             acknowledged_by = CASE before.status WHEN 'resolved' THEN NULL ELSE before.acknowledged_by END
           FROM jsonb_to_recordset($6) AS row(id bigint, count bigint, severity text) JOIN incidents AS before USING (id)
           WHERE incidents.id = row.id
           RETURNING incidents.id, CASE before.status WHEN 'resolved' THEN 'reopened' END AS event,
             jsonb_build_object('status', before.status) AS before, jsonb_build_object('status', incidents.status) AS after
         ), ${telling('joined')}
         SELECT id FROM joined WHERE event = 'reopened'`,
};

/** The SQL of grouping: what takes anomalies in, and what comes of it. */
@Injectable()
export class IncidentGroupingRepository {
  constructor(private readonly database: Database) {}

  /** Keeps others from grouping until the transaction ends; returns the database's time from then on. */
  async lockGrouping(): Promise<Date> {
    return (await this.database.query<{ now: Date }>(LOCK_GROUPING))[0].now;
  }

  /** The incident of each group that may take anomalies in, locked. */
  lockCandidates(
    groupKeys: readonly string[],
    { joinSeconds, reopenSeconds }: GroupingWindows,
  ): Promise<Candidate[]> {
    return this.database.query<Candidate>(CANDIDATES, [groupKeys, joinSeconds, reopenSeconds]);
  }

  /** How many incidents have opened within the last minute, storms aside; counted up to a limit. */
  async countLately(limit: number): Promise<number> {
    return (await this.database.query<{ opened: number }>(COUNT_LATELY, [limit]))[0].opened;
  }

  /** Has incidents take in later anomalies of other groups than their own. */
  async takeIn(groups: readonly { readonly incidentId: number; readonly key: string }[]): Promise<void> {
    const rows = groups.map(({ incidentId, key }) => ({ incident_id: incidentId, group_key: key }));
    await this.database.query(TAKE_IN, [JSON.stringify(rows)]);
  }

  /** Moves all that there is of a locked incident into another, with the history and audit rows of both. */
  async merge(fromId: number, intoId: number, reason: string, signature: Signature): Promise<void> {
    await this.database.query(MERGE, [...signature, fromId, intoId, reason]);
  }

  /** Stores new incidents with their history and audit rows; returns their ids by group. */
  async openMany(placements: readonly Placement[], signature: Signature): Promise<Map<string, number>> {
    const rows = placements.map(({ title, severity, group, members }, position) => ({
      position,
      title,
      severity,
      group_key: group.key,
      group_labels: group.labels,
      anomaly_count: members.length,
    }));
    const opened = await this.database.query<{ id: number; groupKey: string }>(OPEN_MANY, [
      ...signature,
      JSON.stringify(rows),
    ]);
    return new Map(opened.map(({ id, groupKey }) => [groupKey, id]));
  }

  /** Adds anomalies to locked incidents and reopens those that were resolved; returns the latter. */
  async joinMany(
    joins: readonly { readonly id: number; readonly count: number; readonly severity: Severity }[],
    signature: Signature,
  ): Promise<number[]> {
    const reopened = await this.database.query<{ id: number }>(JOIN_MANY, [
      ...signature,
      JSON.stringify(joins),
    ]);
    return reopened.map(({ id }) => id);
  }
}
