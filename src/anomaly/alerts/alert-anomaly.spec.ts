import type { AlertView } from '../../telemetry/telemetry.types';
import { alertAnomalyOf, alertResolutionOf, alertSeverityOf } from './alert-anomaly';

const ALERT: AlertView = {
  id: 7,
  identity: '00000000-0000-4000-8000-000000000007',
  fingerprint: '0123456789abcdef',
  status: 'firing',
  labels: { alertname: 'HighErrorRate', service: 'checkout', severity: 'error' },
  annotations: {},
  source: 'alertmanager',
  integrationId: null,
  startsAt: new Date('2026-01-31T10:00:00Z'),
  resolvedAt: null,
  isTimedOut: false,
  generatorUrl: 'http://prometheus/graph',
  values: { A: 3 },
};

describe('the anomaly of an alert', () => {
  it('says what the alert says', () => {
    expect(
      alertAnomalyOf({
        ...ALERT,
        annotations: { summary: 'Checkout fails', description: 'One in three fails' },
      }),
    ).toEqual({
      title: 'Checkout fails',
      description: 'One in three fails',
      severity: 'high',
      status: 'open',
      anomalyScore: 0.75,
      confidence: 1,
      source: 'alertmanager',
      explanation:
        'The alert fires since 2026-01-31T10:00:00.000Z, says alertmanager: alertname=HighErrorRate, service=checkout, severity=error. Rule: http://prometheus/graph',
      metricsData: { A: 3 },
      metric: null,
      alert: { id: 7, identity: ALERT.identity, firesSince: ALERT.startsAt },
      labels: ALERT.labels,
      membership: null,
    });
  });

  it.each([
    [{ alertname: 'Down', instance: 'web-1', job: 'web' }, 'Down on web-1'],
    [{ alertname: 'Down', job: 'web' }, 'Down on web'],
    [{ alertname: 'Down' }, 'Down'],
    [{ team: 'x' }, 'An alert without a name'],
  ])('that has no summary is named by where it is: %j', (labels, title) => {
    const anomaly = alertAnomalyOf({ ...ALERT, labels });
    expect(anomaly.title).toBe(title);
    expect(anomaly.description).toBe(title);
  });

  it('fits what is stored, and ends with a whole character', () => {
    const { title } = alertAnomalyOf({ ...ALERT, annotations: { summary: `${'a'.repeat(198)}🤖🤖` } });
    expect(title).toBe(`${'a'.repeat(198)}…`);
  });

  it.each([
    [{ severity: 'page' }, 'critical'],
    [{ severity: ' CRITICAL ' }, 'critical'],
    [{ priority: 'P1' }, 'critical'],
    [{ severity: 'error' }, 'high'],
    [{ severity: 'warning', priority: 'p1' }, 'medium'],
    [{ severity: 'info' }, 'low'],
    [{ severity: 'purple' }, 'medium'],
    [{}, 'medium'],
  ])('has the severity of its labels: %j is %s', (labels, severity) => {
    expect(alertSeverityOf(labels)).toBe(severity);
  });

  it('is over by the word of its sender, or by silence', () => {
    expect(alertResolutionOf(ALERT)).toBe('The alert was resolved by its sender');
    expect(alertResolutionOf({ ...ALERT, isTimedOut: true })).toBe('Nobody told of the alert again');
  });
});
