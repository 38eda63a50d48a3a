import type { ActionCount } from './action.repository';
import { ACTION_STATUSES } from './action-lifecycle';
import { ACTION_TYPES } from './action-type';
import { OUTCOMES } from './outcome';
import { PRIORITIES } from './priority';

export interface ActionStatistics {
  total_actions: number;
  by_status: Record<string, number>;
  by_type: Record<string, number>;
  by_priority: Record<string, number>;
  by_outcome: Record<string, number>;
  success_rate: number;
  verified_success_rate: number;
  completed_actions: number;
  successful_actions: number;
}

/** The contract's statistics out of counts; every status, type and priority is there, also with none. */
export function actionStatistics(counts: readonly ActionCount[]): ActionStatistics {
  const by = (
    words: readonly string[],
    member: 'status' | 'actionType' | 'priority' | 'outcome',
  ): Record<string, number> =>
    Object.fromEntries(
      words.map((word) => [word, sum(counts.filter((counted) => counted[member] === word))]),
    );
  const completed = sum(counts.filter(({ status }) => status === 'completed'));
  const ended = completed + sum(counts.filter(({ status }) => status === 'failed'));
  // What takes another back was not meant to help, and of what is still looked at nobody can say yet whether it has.
  const judged = counts.filter(
    ({ status, outcome, isRollback }) =>
      !isRollback && (status === 'failed' || (status === 'completed' && outcome !== null)),
  );
  const verified = judged.filter(({ outcome }) => outcome === 'verified');
  return {
    total_actions: sum(counts),
    by_status: by(ACTION_STATUSES, 'status'),
    by_type: by(ACTION_TYPES, 'actionType'),
    by_priority: by(PRIORITIES, 'priority'),
    by_outcome: by(OUTCOMES, 'outcome'),
    success_rate: percent(completed, ended),
    verified_success_rate: percent(sum(verified), sum(judged)),
    completed_actions: completed,
    successful_actions: completed,
  };
}

function sum(counts: readonly ActionCount[]): number {
  return counts.reduce((total, { count }) => total + count, 0);
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 100;
}
