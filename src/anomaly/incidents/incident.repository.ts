import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { FindOptionsWhere, ILike, Repository } from 'typeorm';

import { recordingOf, Signature } from '../../audit/audit.service';
import { PageRequest } from '../../common/http/pagination';
import { Database } from '../../database/database';
import type { Severity } from '../severity';
import type { Candidate, GroupingWindows, Placement } from './grouping';
import { Incident } from './incident.entity';
import { IncidentHistoryEntry } from './incident-history.entity';
import type { IncidentStatus } from './incident-lifecycle';

const COLUMNS = `id, title, status, severity, group_key AS "groupKey", group_labels AS "groupLabels", anomaly_count AS "anomalyCount",
  opened_at AS "openedAt", last_activity_at AS "lastActivityAt", acknowledged_by AS "acknowledgedBy", acknowledged_at AS "acknowledgedAt",
  resolved_by AS "resolvedBy", resolved_at AS "resolvedAt"`;

const ACTIVE_MEMBERS = `incident_id = incidents.id AND status IN ('open', 'acknowledged') AND deleted_at IS NULL`;

// Alerts and detections are grouped by different processes; one at a time, so that two of them do not open an incident each.
const LOCK_GROUPING = {
  name: 'incident_lock_grouping',
  text: `SELECT pg_advisory_xact_lock(7203453, 1), clock_timestamp() AS now`,
};

const CANDIDATES = {
  name: 'incident_candidates',
  text: `SELECT ${COLUMNS} FROM incidents WHERE id IN (
           SELECT latest.id FROM unnest($1::text[]) AS wanted(group_key), LATERAL (
             SELECT id FROM incidents WHERE incidents.group_key = wanted.group_key
               AND (status <> 'resolved' AND last_activity_at >= now() - make_interval(secs => $2)
                 OR resolved_at >= now() - make_interval(secs => $3))
             ORDER BY status = 'resolved', id DESC LIMIT 1) AS latest)
         ORDER BY id FOR UPDATE`,
};

/** SQL that writes a line of history and an audit row for each row of an item with id, event, before and after. */
function telling(item: string): string {
  return `told AS (
            INSERT INTO incident_history (incident_id, event, actor_kind, actor_id, actor_name)
            SELECT id, event, $1, $2, $3 FROM ${item} WHERE event IS NOT NULL ORDER BY id
          ), recorded AS (
            ${recordingOf(`(
              SELECT 'incident.' || event AS action, 'incident' AS subject_type, id::text AS subject_id, before, after
              FROM ${item} WHERE event IS NOT NULL ORDER BY id) AS change`)}
          )`;
}

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

const LOCK = {
  name: 'incident_lock',
  text: `SELECT ${COLUMNS} FROM incidents WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE`,
};

const FIND = { name: 'incident_find', text: `SELECT ${COLUMNS} FROM incidents WHERE id = $1` };

const MEMBERS = {
  name: 'incident_members_summary',
  text: `SELECT id, EXISTS (SELECT FROM anomalies WHERE ${ACTIVE_MEMBERS}) AS "hasActiveMembers",
           (SELECT anomalies.severity FROM anomalies WHERE incident_id = incidents.id AND deleted_at IS NULL ORDER BY severity_rank DESC LIMIT 1) AS severity
         FROM incidents WHERE id = ANY($1::bigint[])`,
};

const SAVE = {
  name: 'incident_save',
  text: `WITH saved AS (
           UPDATE incidents SET status = $7::text, severity = $8,
             acknowledged_by = CASE $9::text WHEN 'acknowledged' THEN $3 WHEN 'reopened' THEN NULL ELSE acknowledged_by END,
             acknowledged_at = CASE $9::text WHEN 'acknowledged' THEN now() WHEN 'reopened' THEN NULL ELSE acknowledged_at END,
             resolved_by = CASE $9::text WHEN 'resolved' THEN $3 WHEN 'reopened' THEN NULL ELSE resolved_by END,
             resolved_at = CASE $9::text WHEN 'resolved' THEN now() WHEN 'reopened' THEN NULL ELSE resolved_at END,
             last_activity_at = CASE $9::text WHEN 'reopened' THEN now() ELSE last_activity_at END
           WHERE id = $6
           RETURNING *, $9::text AS event, jsonb_build_object('status', $10::text) AS before, jsonb_build_object('status', status) AS after
         ), ${telling('saved')}
         SELECT ${COLUMNS} FROM saved`,
};

/** What history and events call a change of an incident. */
export type IncidentEvent = 'acknowledged' | 'resolved' | 'reopened';

/** Which incidents a list shows; all conditions hold together. */
export interface IncidentFilter {
  readonly status?: IncidentStatus;
  readonly severity?: Severity;
  /** Part of the title, in any case. */
  readonly search?: string;
}

/** The SQL of incidents. */
@Injectable()
export class IncidentRepository {
  constructor(
    @InjectRepository(Incident) private readonly rows: Repository<Incident>,
    @InjectRepository(IncidentHistoryEntry) private readonly entries: Repository<IncidentHistoryEntry>,
    private readonly database: Database,
  ) {}

  find(id: number): Promise<Incident | null> {
    return this.database.query<Incident>(FIND, [id]).then(([incident]) => incident ?? null);
  }

  /** Newest first, with how many there are. */
  list({ status, severity, search }: IncidentFilter, { page, perPage }: PageRequest) {
    const where: FindOptionsWhere<Incident> = {
      ...(status !== undefined && { status }),
      ...(severity !== undefined && { severity }),
      ...(search !== undefined && { title: ILike(`%${search.replace(/[\\%_]/g, '\\$&')}%`) }),
    };
    return this.database
      .bind(this.rows)
      .findAndCount({ where, order: { id: 'DESC' }, take: perPage, skip: (page - 1) * perPage });
  }

  /** An incident's history, newest first, with how many lines there are. */
  listHistory(incidentId: number, { page, perPage }: PageRequest): Promise<[IncidentHistoryEntry[], number]> {
    return this.database.bind(this.entries).findAndCount({
      where: { incidentId },
      order: { id: 'DESC' },
      take: perPage,
      skip: (page - 1) * perPage,
    });
  }

  /** Keeps others from grouping until the transaction ends; returns the database's time from then on. */
  async lockGrouping(): Promise<Date> {
    return (await this.database.query<{ now: Date }>(LOCK_GROUPING))[0].now;
  }

  /** The incident of each group that may take anomalies in, locked. */
  lockCandidates(
    groupKeys: readonly string[],
    { joinSeconds, reopenSeconds }: GroupingWindows,
  ): Promise<Candidate[]> {
    return this.database.query<Incident>(CANDIDATES, [groupKeys, joinSeconds, reopenSeconds]);
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

  /** Incidents, locked in one order until the transaction ends. */
  lockMany(ids: readonly number[]): Promise<Incident[]> {
    return this.database.query<Incident>(LOCK, [ids]);
  }

  /** Whether incidents have members that are still active, and the highest severity of all; null where none is visible. */
  summarize(
    ids: readonly number[],
  ): Promise<{ id: number; hasActiveMembers: boolean; severity: Severity | null }[]> {
    return this.database.query(MEMBERS, [ids]);
  }

  /** Writes a locked incident's status and severity; with an event its history and audit row as well. */
  async save(
    { id, status: before }: Incident,
    status: IncidentStatus,
    severity: Severity,
    event: IncidentEvent | null,
    signature: Signature,
  ): Promise<Incident> {
    const values = [...signature, id, status, severity, event, before];
    return (await this.database.query<Incident>(SAVE, values))[0];
  }
}
