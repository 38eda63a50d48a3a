import { type Notice, testNotice } from '../notices/notice';
import { decideRepeat, repeatKey, repeatOf, type Situation } from './repeat';

const NOW = new Date('2026-03-01T12:00:00Z');
const after = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1_000);
const notice: Notice = {
  ...testNotice('anomaly:7:1', 'on-call'),
  type: 'anomaly_detected',
  summary: 'Latency is up',
  data: { anomaly_id: 7 },
};
const situation = (more: Partial<Situation>): Situation => ({
  now: NOW,
  intervalSeconds: 3_600,
  notice,
  isQuiet: false,
  tellAt: NOW,
  isUnderWay: false,
  lastToldAt: after(-3_600),
  ...more,
});

describe('what was told once', () => {
  it.each<[string, Partial<Situation>, 'forget' | 'tell' | Date]>([
    ['and goes on is told again', {}, 'tell'],
    ['and goes on is told again though nobody knows when it was told', { lastToldAt: null }, 'tell'],
    ['and is over, or somebody’s, is forgotten', { notice: null }, 'forget'],
    ['where nothing is to be told again is forgotten', { intervalSeconds: null }, 'forget'],
    ['and is quiet by now waits', { isQuiet: true }, after(60)],
    ['and has not arrived yet waits', { isUnderWay: true }, after(60)],
    ['and has arrived late waits for its interval', { lastToldAt: after(-100) }, after(3_500)],
    ['in quiet hours waits for their end', { tellAt: after(9_000) }, after(9_000)],
  ])('%s', (_, more, expected) => {
    const decision = decideRepeat(situation(more));
    if (expected instanceof Date) expect(decision).toEqual({ kind: 'wait', until: expected });
    else expect(decision.kind).toBe(expected);
  });

  it('is due again an interval later', () => {
    expect(decideRepeat(situation({}))).toEqual({ kind: 'tell', notice, next: after(3_600) });
  });

  it('says how often it has been told, each time under a key of its own', () => {
    expect(repeatOf(notice, 'anomaly:7:1', 2)).toMatchObject({
      key: 'anomaly:7:1:repeat:2',
      summary: 'Latency is up (still open, told again: 2)',
      data: { anomaly_id: 7, is_repeat: true, repeat: 2 },
    });
    expect(repeatKey('anomaly:7:1', 0)).toBe('anomaly:7:1');
  });
});
