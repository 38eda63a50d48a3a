import { SEVERITIES, severityOf, typicalScoreOf, worseSeverity } from './severity';

describe('severity', () => {
  it.each([
    [1, 'critical'],
    [0.9, 'critical'],
    [0.899, 'high'],
    [0.6, 'high'],
    [0.599, 'medium'],
    [0.4, 'medium'],
    [0.399, 'low'],
    [0, 'low'],
  ])('of the score %d is %s', (score, severity) => {
    expect(severityOf(score)).toBe(severity);
  });

  it('keeps the greater of two', () => {
    expect(worseSeverity('low', 'critical')).toBe('critical');
    expect(worseSeverity('high', 'medium')).toBe('high');
  });

  it('has a typical score that has this severity', () => {
    expect(SEVERITIES.map((severity) => severityOf(typicalScoreOf(severity)))).toEqual(SEVERITIES);
  });
});
