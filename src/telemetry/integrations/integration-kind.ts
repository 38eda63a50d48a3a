/** What a kind of integration is to its people, and what its key may do. */
interface IntegrationTraits {
  readonly title: string;
  readonly sends: 'metrics' | 'alerts' | 'alerts and changes';
  /** Where its sender sends to. */
  readonly path: string;
  /** The one permission of its key; null where its sender shows a routing key. */
  readonly scope: 'telemetry:write' | 'alerts:write' | null;
  readonly hasSignature: boolean;
  readonly hasMapping: boolean;
}

/** Everything that can be plugged in. */
export const INTEGRATION_KINDS = {
  prometheus: {
    title: 'Prometheus remote write',
    sends: 'metrics',
    path: '/api/v1/write',
    scope: 'telemetry:write',
    hasSignature: false,
    hasMapping: false,
  },
  otlp: {
    title: 'OpenTelemetry metrics (OTLP/HTTP)',
    sends: 'metrics',
    path: '/v1/metrics',
    scope: 'telemetry:write',
    hasSignature: false,
    hasMapping: false,
  },
  alertmanager: {
    title: 'Prometheus alerts, with this product in the place of Alertmanager',
    sends: 'alerts',
    path: '/api/v2/alerts',
    scope: 'alerts:write',
    hasSignature: false,
    hasMapping: false,
  },
  alertmanager_webhook: {
    title: 'Alertmanager webhook receiver',
    sends: 'alerts',
    path: '/api/alerts/webhook/alertmanager',
    scope: 'alerts:write',
    hasSignature: false,
    hasMapping: false,
  },
  grafana: {
    title: 'Grafana webhook contact point',
    sends: 'alerts',
    path: '/api/alerts/webhook/grafana',
    scope: 'alerts:write',
    hasSignature: true,
    hasMapping: false,
  },
  pagerduty: {
    title: 'Whatever speaks PagerDuty Events v2',
    sends: 'alerts and changes',
    path: '/v2/enqueue',
    scope: null,
    hasSignature: false,
    hasMapping: false,
  },
  cloudevents: {
    title: 'CloudEvents over HTTP',
    sends: 'alerts and changes',
    path: '/api/alerts/cloudevents',
    scope: 'alerts:write',
    hasSignature: false,
    hasMapping: true,
  },
  json: {
    title: 'Any JSON, read by a mapping',
    sends: 'alerts',
    path: '/api/alerts/json',
    scope: 'alerts:write',
    hasSignature: false,
    hasMapping: true,
  },
} as const satisfies Record<string, IntegrationTraits>;

export type IntegrationKind = keyof typeof INTEGRATION_KINDS;

export const KIND_NAMES = Object.keys(INTEGRATION_KINDS) as readonly IntegrationKind[];

/** The routing key of PagerDuty's protocol has this form, by which senders check it. */
export const ROUTING_KEY_BYTES = 16;
