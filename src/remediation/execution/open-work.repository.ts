import { Injectable } from '@nestjs/common';

import { Database } from '../../database/database';
import type { ActionStatus } from '../actions/action-lifecycle';
import type { StepState } from './step-lifecycle';

/** The statuses of actions and the states of steps that something has still to come of. */
export const OPEN_STATUSES = [
  'pending',
  'approved',
  'scheduled',
  'in_progress',
] as const satisfies readonly ActionStatus[];
export const OPEN_STATES = [
  'proposed',
  'pending_approval',
  'approved',
  'queued',
  'dispatching',
  'unknown',
] as const satisfies readonly StepState[];

/** What has not ended, and what holds it up. */
export interface OpenWork {
  readonly actions: ReadonlyMap<string, number>;
  readonly steps: ReadonlyMap<string, number>;
  readonly isFrozen: boolean;
  readonly openBreakers: number;
}

interface Counted extends Record<string, unknown> {
  readonly what: 'action' | 'step' | 'frozen' | 'breaker';
  readonly word: string;
  readonly count: number;
}

const words = (list: readonly string[]): string => list.map((word) => `'${word}'`).join(', ');

const OPEN = {
  name: 'remediation_open_work',
  text: `SELECT 'action' AS what, status AS word, count(*) AS count FROM remediation_actions
         WHERE deleted_at IS NULL AND status IN (${words(OPEN_STATUSES)}) GROUP BY status
         UNION ALL SELECT 'step', state, count(*) FROM remediation_steps WHERE state IN (${words(OPEN_STATES)}) GROUP BY state
         UNION ALL SELECT 'frozen', '', count(*) FROM remediation_limits WHERE frozen_at IS NOT NULL OR EXISTS (
           SELECT FROM remediation_freeze_calendars AS calendar LEFT JOIN remediation_freeze_periods AS period ON period.calendar_id = calendar.id
             AND period.starts_at <= now() AND period.ends_at > now()
           WHERE calendar.is_enabled AND calendar.target_groups = '[]' AND (calendar.known_until <= now() OR period.ends_at IS NOT NULL))
         UNION ALL SELECT 'breaker', '', count(*) FROM remediation_breakers WHERE open_until > now()`,
};

/** Counts of what remediation has still to do, by indexes that hold nothing else. */
@Injectable()
export class OpenWorkRepository {
  constructor(private readonly database: Database) {}

  async read(): Promise<OpenWork> {
    const rows = await this.database.query<Counted>(OPEN);
    const of = (what: Counted['what']) =>
      new Map(rows.filter((row) => row.what === what).map(({ word, count }) => [word, count]));
    return {
      actions: of('action'),
      steps: of('step'),
      isFrozen: (of('frozen').get('') ?? 0) > 0,
      openBreakers: of('breaker').get('') ?? 0,
    };
  }
}
