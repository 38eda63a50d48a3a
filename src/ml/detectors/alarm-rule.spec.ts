import { AlarmRule, refractoryPoints, scoreOf } from './alarm-rule';
import { STATE_BYTES, SURPRISES } from './state-layout';

function ruleWith(surprises: readonly number[] = []): AlarmRule {
  const f64 = new Float64Array(STATE_BYTES >> 3);
  f64.set(surprises, SURPRISES);
  const rule = new AlarmRule(f64);
  rule.clear();
  return rule;
}

describe('the alarm rule', () => {
  it.each([
    { view: 'all ten forecast surprises at 3', surprises: Array.from({ length: 10 }, () => 3), combined: 3 },
    { view: 'eight at 3 and two blind ones', surprises: [0, 3, 3, 3, 3, 3, 3, 3, 3, 0], combined: 3 },
    { view: 'one at 8 alone', surprises: [8], combined: 8 / Math.sqrt(8) },
    { view: 'volatility at 5', surprises: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 5, 5], combined: 3 },
    { view: 'shapes at 4', surprises: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 4], combined: 2.8 },
  ])('combines $view to $combined', ({ surprises, combined }) => {
    expect(ruleWith(surprises).combine()).toBeCloseTo(combined, 10);
  });

  it('rests after an alarm, except for something three times as surprising', () => {
    const rule = ruleWith();
    const minute = 60_000;
    const alarms = Array.from({ length: 160 }, (_, i) => {
      rule.fade();
      return rule.decide(i === 50 ? 9.1 : 3, 2 + rule.habituation, minute) ? i : -1;
    }).filter((i) => i >= 0);
    expect(alarms).toEqual([0, 50, 151]);
  });

  it('asks for more after each alarm, and forgets that slowly', () => {
    const rule = ruleWith();
    rule.decide(3, 2, 0);
    expect(rule.habituation).toBeCloseTo(0.2, 10);
    for (let i = 0; i < 500; i++) rule.fade();
    expect(rule.habituation).toBeCloseTo(0.2 / Math.E, 10);
  });

  it.each([
    { every: 'second', ms: 1_000, points: 100 },
    { every: '5 minutes', ms: 300_000, points: 100 },
    { every: '30 minutes', ms: 1_800_000, points: 48 },
    { every: 'hour', ms: 3_600_000, points: 24 },
    { every: 'day', ms: 86_400_000, points: 24 },
    { every: 'unknown time', ms: 0, points: 100 },
  ])('rests $points points with a point every $every', ({ ms, points }) => {
    expect(refractoryPoints(ms)).toBe(points);
  });

  it.each([
    { surprise: 0, alarm: false, score: 0 },
    { surprise: 2, alarm: false, score: 0.25 },
    { surprise: 2, alarm: true, score: 0.5 },
    { surprise: 8, alarm: true, score: 0.932 },
    { surprise: 1e6, alarm: false, score: 0.5 },
  ])('scores a surprise of $surprise (alarm: $alarm) $score', ({ surprise, alarm, score }) => {
    expect(scoreOf(surprise, 2, alarm)).toBeCloseTo(score, 3);
  });
});
