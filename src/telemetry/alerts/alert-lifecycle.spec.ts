import { Episode, JudgedSignal, meet } from './alert-lifecycle';

const at = (minute: number): number => Date.parse('2026-01-31T10:00:00Z') + minute * 60_000;

describe('a signal meets the latest episode of its alert', () => {
  const firing: Episode = { status: 'firing', startsAtMs: at(10), resolvedAtMs: null, isTimedOut: false };
  const over: Episode = { status: 'resolved', startsAtMs: at(10), resolvedAtMs: at(20), isTimedOut: false };
  const timedOut: Episode = { ...over, isTimedOut: true };

  const fires = (from: number, until: number | null): JudgedSignal => ({
    status: 'firing',
    startsAtMs: at(from),
    endsAtMs: until === null ? null : at(until),
    resolvedAtMs: null,
  });
  const ends = (from: number, to: number): JudgedSignal => ({
    status: 'resolved',
    startsAtMs: at(from),
    endsAtMs: null,
    resolvedAtMs: at(to),
  });

  it.each<[string, Episode | null, JudgedSignal, string]>([
    ['the first time', null, fires(10, 14), 'begins'],
    ['once more', firing, fires(10, 18), 'goes on'],
    ['from the other of a pair, which saw it a little earlier', firing, fires(9, 17), 'goes on'],
    ['over', firing, ends(10, 20), 'ends'],
    ['over, from the other of a pair', firing, ends(11, 20), 'ends'],
    ['over, its start left to us', firing, ends(5, 5), 'ends'],
    ['over, delivered after the next episode began', firing, ends(2, 6), 'is known'],
    ['over, twice', over, ends(10, 20), 'is known'],
    ['over, of the other of a pair', over, ends(11, 21), 'is known'],
    ['over, of an episode that nobody told of', over, ends(25, 30), 'is over at once'],
    ['over once more, its start left to us', over, ends(30, 30), 'is known'],
    ['over, and nothing else', null, ends(10, 20), 'is over at once'],
    ['again, a new start', over, fires(30, null), 'begins'],
    ['again, delivered after its end', over, fires(10, null), 'is known'],
    ['again, by the other of a pair, which still sees it', over, fires(9, 24), 'begins'],
    ['again after silence', timedOut, fires(10, null), 'begins'],
  ])('told %s', (_what, episode, signal, meeting) => {
    expect(meet(episode, signal)).toBe(meeting);
  });
});
