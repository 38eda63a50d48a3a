import { judgeAnomaly, type WatchedAnomaly } from './anomaly-judgement';
import { type Condition, LATENESS_MS, type Watched } from './judgement';

const BEGAN = 1_000_000;
const DONE = 1_010_000;
const GIVE_UP = 1_600_000;
const USUAL: Condition = { op: '<=', threshold: 100, forMs: 30_000 };
const goesOn: WatchedAnomaly = { end: null, isMoreSevere: false };

function watched(nowMs: number, values: readonly number[] = []): Watched {
  const at = (fromMs: number, all: readonly number[]) => ({
    timesMs: all.map((_, i) => fromMs + i * 1_000),
    values: all,
  });
  const before = values.length === 0 ? [] : Array.from({ length: 60 }, () => 150);
  return {
    before: at(BEGAN - 60_000, before),
    after: at(DONE, values),
    doneAtMs: DONE,
    giveUpAtMs: GIVE_UP,
    nowMs,
  };
}
const over = GIVE_UP + LATENESS_MS;
const outcome = (anomaly: WatchedAnomaly, of: Watched, usual: Condition | null = USUAL) =>
  judgeAnomaly(anomaly, of, BEGAN, usual).outcome;

describe('whether an action has helped, by the end of its anomaly', () => {
  it('has where the anomaly ended by itself after the action began', () => {
    const ended = { ...goesOn, end: { atMs: DONE + 70_000, how: 'recovered' as const } };
    expect(judgeAnomaly(ended, watched(DONE + 71_000), BEGAN, null)).toMatchObject({
      outcome: 'verified',
      recoveredAtMs: DONE + 70_000,
    });
    expect(outcome({ ...ended, end: { atMs: BEGAN - 1, how: 'recovered' as const } }, watched(DONE))).toBe(
      'unverified',
    );
  });
  it('is not known where somebody closed it', () => {
    expect(outcome({ ...goesOn, end: { atMs: DONE + 5_000, how: 'closed' as const } }, watched(over))).toBe(
      'unverified',
    );
  });
  it('is not known where it is only no longer seen', () => {
    const forgotten = { ...goesOn, end: { atMs: DONE + 5_000, how: 'not_seen' as const } };
    expect(outcome(forgotten, watched(over))).toBe('unverified');
  });
  it('is waited for until the time is up', () => {
    expect(outcome(goesOn, watched(over - 1))).toBeNull();
    expect(outcome(goesOn, watched(over), null)).toBe('no_effect');
  });
  it('has made it worse where the series is further from its usual range than before, or the anomaly more severe', () => {
    const worse = Array.from({ length: 300 }, () => 400);
    expect(outcome(goesOn, watched(DONE + 300_000, worse))).toBe('made_worse');
    expect(outcome({ ...goesOn, isMoreSevere: true }, watched(over), null)).toBe('made_worse');
    expect(outcome({ ...goesOn, isMoreSevere: true }, watched(over - 1), null)).toBeNull();
  });
  it('is not known where its series was not measured any more', () => {
    expect(outcome(goesOn, watched(over))).toBe('unverified');
  });
});
