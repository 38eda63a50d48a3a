import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { FindOptionsWhere, ILike, Repository } from 'typeorm';

import { recordingOf, Signature } from '../../audit/audit.service';
import { PageRequest } from '../../common/http/pagination';
import { Database } from '../../database/database';
import type { IncidentView } from '../anomaly.types';
import type { Severity } from '../severity';
import { Incident } from './incident.entity';
import { IncidentHistoryEntry } from './incident-history.entity';
import type { IncidentStatus } from './incident-lifecycle';

const COLUMNS = `id, title, status, severity, group_key AS "groupKey", group_labels AS "groupLabels", anomaly_count AS "anomalyCount",
  opened_at AS "openedAt", last_activity_at AS "lastActivityAt", acknowledged_by AS "acknowledgedBy", acknowledged_at AS "acknowledgedAt",
  resolved_by AS "resolvedBy", resolved_at AS "resolvedAt", merged_into AS "mergedInto"`;

const ACTIVE_MEMBERS = `incident_id = incidents.id AND status IN ('open', 'acknowledged') AND deleted_at IS NULL`;

/** SQL that writes a line of history and an audit row for each row of an item with id, event, before and after. */
export function telling(item: string): string {
  return `told AS (
            INSERT INTO incident_history (incident_id, event, actor_kind, actor_id, actor_name)
            SELECT id, event, $1, $2, $3 FROM ${item} WHERE event IS NOT NULL ORDER BY id
          ), recorded AS (
            ${recordingOf(`(
              SELECT 'incident.' || event AS action, 'incident' AS subject_type, id::text AS subject_id, before, after
              FROM ${item} WHERE event IS NOT NULL ORDER BY id) AS change`)}
          )`;
}

const LOCK = {
  name: 'incident_lock',
  text: `SELECT ${COLUMNS} FROM incidents WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE`,
};

const FIND = { name: 'incident_find', text: `SELECT ${COLUMNS} FROM incidents WHERE id = $1` };

const VIEW = {
  name: 'incident_view',
  text: `SELECT id, title, severity, status, group_labels AS labels, anomaly_count AS "anomalyCount", opened_at AS "openedAt",
           resolved_at AS "resolvedAt", resolved_by AS "resolvedBy", merged_into AS "mergedInto",
           (SELECT count(*) FROM incident_history WHERE incident_id = incidents.id AND event IN ('opened', 'reopened')) AS openings,
           NOT EXISTS (SELECT FROM anomalies WHERE ${ACTIVE_MEMBERS} AND suppressed_by IS NULL AND inhibited_by IS NULL) AS "isQuiet"
         FROM incidents WHERE id = $1`,
};

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

  async findView(id: number): Promise<IncidentView | null> {
    return (await this.database.query<IncidentView & Record<string, unknown>>(VIEW, [id]))[0] ?? null;
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
