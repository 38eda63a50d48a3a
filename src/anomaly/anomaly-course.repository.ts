import { Injectable } from '@nestjs/common';

import { SYSTEM } from '../common/actor';
import { Database } from '../database/database';
import type { AnomalyCourse } from './anomaly.types';
import type { AnomalyClass } from './anomaly-class';
import { isRecovery } from './self-resolution';

/** How many of a class are looked at, the latest first, and how long ago they may have been made. */
const LATEST = 1_000;
const DAYS = 180;

interface CourseRow extends Record<string, unknown> {
  readonly place: number;
  readonly id: number;
  readonly openedAt: Date;
  readonly until: Date;
  /** Null while it goes on. */
  readonly event: string | null;
  readonly actorKind: string | null;
  readonly resolution: string | null;
}

const isNumber = (member: string): string => `jsonb_typeof(metric -> '${member}') = 'number'`;
const numberOf = (member: string): string => `(metric -> '${member}')::double precision`;

// The rule of anomalyClassOf, which a test holds it to, as one condition: nothing but a number is ever read as one, and of several the planner would
// expect next to no rows to pass them all.
const IS_OF_CLASS = `CASE
    WHEN jsonb_typeof(metric -> 'name') <> 'string' THEN false
    WHEN ${isNumber('peak_value')} IS NOT TRUE THEN asked.direction = 'shaped'
    WHEN CASE WHEN ${isNumber('usual_upper')} THEN ${numberOf('peak_value')} > ${numberOf('usual_upper')} END THEN asked.direction = 'high'
    WHEN CASE WHEN ${isNumber('usual_lower')} THEN ${numberOf('peak_value')} < ${numberOf('usual_lower')} END THEN asked.direction = 'low'
    ELSE asked.direction = 'shaped' END`;

const OF_CLASSES = {
  name: 'anomaly_courses_of_classes',
  text: `SELECT asked.place, anomaly.id, opening.at AS "openedAt", coalesce(ending.at, now()) AS until,
           ending.event, ending.actor_kind AS "actorKind", ending.changes ->> 'resolution' AS resolution
         FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS asked (kind, name, direction, place)
         CROSS JOIN LATERAL (
           (SELECT id FROM anomalies
            WHERE asked.kind = 'metric' AND metric IS NOT NULL AND metric ->> 'name' = asked.name
              AND ${IS_OF_CLASS} AND created_at > now() - make_interval(days => ${DAYS}) ORDER BY id DESC LIMIT ${LATEST})
           UNION ALL
           (SELECT id FROM anomalies
            WHERE asked.kind = 'alert' AND alert_identity IS NOT NULL AND labels ->> 'alertname' = asked.name
              AND jsonb_typeof(metric -> 'name') IS DISTINCT FROM 'string'
              AND created_at > now() - make_interval(days => ${DAYS}) ORDER BY id DESC LIMIT ${LATEST})
         ) AS anomaly
         CROSS JOIN LATERAL (
           SELECT id, at FROM anomaly_history WHERE anomaly_id = anomaly.id AND event IN ('opened', 'reopened') ORDER BY id DESC LIMIT 1
         ) AS opening
         LEFT JOIN LATERAL (
           SELECT at, event, actor_kind, changes FROM anomaly_history
           WHERE anomaly_id = anomaly.id AND id > opening.id AND event IN ('resolved', 'dismissed', 'deleted') ORDER BY id LIMIT 1
         ) AS ending ON true`,
};

const OPENING_BEFORE = {
  name: 'anomaly_opening_before',
  text: `SELECT at FROM anomaly_history WHERE anomaly_id = $1 AND event IN ('opened', 'reopened') AND at <= $2 ORDER BY id DESC LIMIT 1`,
};

/** The SQL of how anomalies went. */
@Injectable()
export class AnomalyCourseRepository {
  constructor(private readonly database: Database) {}

  /** How the latest of each class went, in the order of the classes. */
  async listOf(classes: readonly AnomalyClass[]): Promise<AnomalyCourse[][]> {
    const courses: AnomalyCourse[][] = classes.map(() => []);
    const rows = await this.database.query<CourseRow>(OF_CLASSES, [
      classes.map(({ kind }) => kind),
      classes.map(({ name }) => name),
      classes.map((each) => (each.kind === 'metric' ? each.direction : null)),
    ]);
    for (const row of rows) {
      const { id, openedAt, until } = row;
      courses[row.place - 1].push({ id, openedAt, until, how: howOf(row) });
    }
    return courses;
  }

  /** When an anomaly last opened before a time; null where its history says nothing of that any more. */
  async findOpening(anomalyId: number, before: Date): Promise<Date | null> {
    return (await this.database.query<{ at: Date }>(OPENING_BEFORE, [anomalyId, before]))[0]?.at ?? null;
  }
}

function howOf({ event, actorKind, resolution }: CourseRow): AnomalyCourse['how'] {
  if (event === null) return 'goes_on';
  if (event !== 'resolved' || actorKind !== SYSTEM.kind) return 'closed';
  return isRecovery(resolution) ? 'recovered' : 'not_seen';
}
