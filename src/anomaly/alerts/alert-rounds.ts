import type { AlertChange } from '../../telemetry/telemetry.types';

/**
 * Changes in rounds: each alert occurs once at most in a round, and its changes keep their order, so that a round can be dealt with at once.
 * @example roundsOf([a1Fired, a2Fired, a1Resolved]) // [[a1Fired, a2Fired], [a1Resolved]]
 */
export function roundsOf(changes: readonly AlertChange[]): AlertChange[][] {
  const rounds: AlertChange[][] = [];
  const seen = new Map<string, number>();
  for (const change of changes) {
    const round = seen.get(change.alert.identity) ?? 0;
    seen.set(change.alert.identity, round + 1);
    (rounds[round] ??= []).push(change);
  }
  return rounds;
}
