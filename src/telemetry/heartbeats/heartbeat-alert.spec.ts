import { heartbeatAlert } from './heartbeat-alert';

describe('the alert of a missed heartbeat', () => {
  const missed = {
    name: 'nightly-backup',
    severity: 'critical',
    labels: { team: 'data', alertname: 'Other', heartbeat: 'other' },
    intervalSeconds: 86_400,
    graceSeconds: 3_600,
    missedAt: new Date('2026-01-31T10:00:00Z'),
    lastBeatAt: null,
  };

  it('is told by the name of the heartbeat, which no label of its own can hide', () => {
    expect(heartbeatAlert(missed, 'firing').labels).toEqual({
      team: 'data',
      alertname: 'HeartbeatMissed',
      heartbeat: 'nightly-backup',
      severity: 'critical',
    });
  });

  it('begins when the heartbeat was missed and has no end, so that its resolution meets the same alert', () => {
    const [fired, resolved] = (['firing', 'resolved'] as const).map((status) =>
      heartbeatAlert(missed, status),
    );
    expect([fired.startsAtMs, fired.endsAtMs]).toEqual([missed.missedAt.getTime(), null]);
    expect([resolved.labels, resolved.startsAtMs]).toEqual([fired.labels, fired.startsAtMs]);
  });

  it('says what was expected, and what was last heard', () => {
    expect(heartbeatAlert(missed, 'firing').annotations.description).toBe(
      'Expected every 86400 s, with 3600 s of grace; last heard: never',
    );
    const lastBeatAt = new Date('2026-01-30T09:00:00Z');
    expect(heartbeatAlert({ ...missed, lastBeatAt }, 'firing').annotations.description).toMatch(
      /last heard: 2026-01-30T09:00:00.000Z$/,
    );
  });
});
