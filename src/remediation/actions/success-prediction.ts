import { wilsonInterval } from '../learning/interval';
import type { ActionStatus } from './action-lifecycle';

/** How often something like this went well, and how sure that is. */
export interface SuccessPrediction {
  /** What counts as success: it was seen to have helped, or it was only done. */
  readonly basis: 'verified' | 'completed';
  /** How many of those can be told to have gone well or not. */
  readonly past: number;
  readonly succeeded: number;
  /** The share that went well, from 0 to 1; null where nothing like it has ended yet. */
  readonly rate: number | null;
  /** Where the true share lies, 19 times in 20. */
  readonly lower: number;
  readonly upper: number;
}

/** How an action ended, as far as it says whether the next one will help. */
export interface EndedAction {
  readonly status: ActionStatus;
  readonly outcome: string | null;
  readonly isRollback: boolean;
}

const JUDGED: readonly (string | null)[] = ['verified', 'no_effect', 'made_worse'];

/**
 * How likely it is that an action helps, by how such actions went. Where it was seen of any whether it had helped, that counts, and what failed has
 * not; of what nobody could tell nothing is said, and what takes another back was not meant to help. Else it counts which were done at all.
 * @example predictSuccess([]) // { basis: 'completed', past: 0, succeeded: 0, rate: null, lower: 0, upper: 1 }
 */
export function predictSuccess(ended: readonly EndedAction[]): SuccessPrediction {
  const remedies = ended.filter(({ isRollback }) => !isRollback);
  if (!remedies.some(({ outcome }) => JUDGED.includes(outcome)))
    return prediction('completed', ended.filter(({ status }) => status === 'completed').length, ended.length);
  const told = remedies.filter(({ status, outcome }) => status === 'failed' || JUDGED.includes(outcome));
  return prediction('verified', told.filter(({ outcome }) => outcome === 'verified').length, told.length);
}

function prediction(basis: SuccessPrediction['basis'], succeeded: number, past: number): SuccessPrediction {
  const rate = past === 0 ? null : succeeded / past;
  return { basis, past, succeeded, rate, ...wilsonInterval(rate ?? 0, past) };
}
