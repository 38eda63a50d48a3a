import { INTEGRATION_KINDS, IntegrationKind } from './integration-kind';

/** What somebody pastes into their sender's configuration. */
export interface Snippet {
  readonly language: 'yaml' | 'sh';
  readonly text: string;
}

/** Where the product is, as its caller sees it, and the key to show there. */
export interface SnippetPlace {
  readonly scheme: string;
  /** With the port, where it has one. */
  readonly host: string;
  readonly key: string;
  /** Whether the sender signs what it sends. */
  readonly isSigned: boolean;
}

/** Stands where the key goes; a key is shown once, when it is made. */
export const KEY_PLACEHOLDER = '<KEY>';

/** A host as it may stand in a configuration file; anything else is nobody's. Nothing in it repeats without a bound. */
// eslint-disable-next-line security/detect-unsafe-regex
const HOST = /^[a-z0-9.-]{1,253}(:\d{1,5})?$|^\[[0-9a-f:.]{2,45}\](:\d{1,5})?$/i;

/** The base of a request's own URL. A host that no configuration could hold is left for a person to fill in. */
export function snippetPlace(
  scheme: string,
  host: string,
  { key = KEY_PLACEHOLDER, isSigned = false }: Partial<Pick<SnippetPlace, 'key' | 'isSigned'>> = {},
): SnippetPlace {
  return {
    scheme: scheme === 'https' ? 'https' : 'http',
    host: HOST.test(host) ? host : '<HOST>',
    key,
    isSigned,
  };
}

/**
 * The configuration of a sender, ready to be pasted.
 * @example snippetFor('json', { scheme: 'https', host: 'ops.example', key: 'sco_…' }).language // 'sh'
 */
export function snippetFor(kind: IntegrationKind, place: SnippetPlace): Snippet {
  const url = `${place.scheme}://${place.host}${INTEGRATION_KINDS[kind].path}`;
  const { language, lines } = WRITERS[kind](url, place);
  return { language, text: `${lines.join('\n')}\n` };
}

/** The secret is the one that the integration was given; nobody is told it again. */
const HMAC_CONFIG = [
  '          hmacConfig:',
  '            secret: <SIGNING SECRET>',
  '            header: X-Grafana-Alerting-Signature',
  '            timestampHeader: X-Grafana-Alerting-Timestamp',
];

type Writer = (url: string, place: SnippetPlace) => { language: Snippet['language']; lines: string[] };

const WRITERS = {
  prometheus: (url, { key }) => ({
    language: 'yaml',
    lines: [
      '# prometheus.yml',
      'remote_write:',
      `  - url: ${url}`,
      '    authorization:',
      `      credentials: ${key}`,
    ],
  }),
  otlp: (url, { key }) => ({
    language: 'yaml',
    lines: [
      '# OpenTelemetry Collector; add the exporter to your metrics pipeline',
      'exporters:',
      '  otlphttp/smartcloudops:',
      `    metrics_endpoint: ${url}`,
      '    headers:',
      `      authorization: Bearer ${key}`,
      'service:',
      '  pipelines:',
      '    metrics:',
      '      exporters: [otlphttp/smartcloudops]',
    ],
  }),
  alertmanager: (_, { scheme, host, key }) => ({
    language: 'yaml',
    lines: [
      '# prometheus.yml',
      'alerting:',
      '  alertmanagers:',
      `    - scheme: ${scheme}`,
      '      authorization:',
      `        credentials: ${key}`,
      '      static_configs:',
      `        - targets: ['${withPort(scheme, host)}']`,
    ],
  }),
  alertmanager_webhook: (url, { key }) => ({
    language: 'yaml',
    lines: [
      '# alertmanager.yml',
      'route:',
      '  receiver: smartcloudops',
      'receivers:',
      '  - name: smartcloudops',
      '    webhook_configs:',
      `      - url: ${url}`,
      '        send_resolved: true',
      '        http_config:',
      '          authorization:',
      `            credentials: ${key}`,
    ],
  }),
  grafana: (url, { key, isSigned }) => ({
    language: 'yaml',
    lines: [
      '# Grafana: provisioning/alerting/smartcloudops.yaml',
      'apiVersion: 1',
      'contactPoints:',
      '  - orgId: 1',
      '    name: SmartCloudOps',
      '    receivers:',
      '      - uid: smartcloudops',
      '        type: webhook',
      '        settings:',
      `          url: ${url}`,
      '          httpMethod: POST',
      '          authorization_scheme: Bearer',
      `          authorization_credentials: ${key}`,
      ...(isSigned ? HMAC_CONFIG : []),
    ],
  }),
  pagerduty: (url, { key }) => ({
    language: 'sh',
    lines: [
      '# In a product that speaks PagerDuty, set the events URL to the one below and the integration key to the routing key',
      curl(url, [], {
        routing_key: key,
        event_action: 'trigger',
        dedup_key: 'srv01/http',
        payload: { summary: 'HTTP does not answer on srv01', source: 'srv01', severity: 'critical' },
      }),
    ],
  }),
  cloudevents: (url, { key }) => ({
    language: 'sh',
    lines: [
      curl(url, [`Authorization: Bearer ${key}`], {
        specversion: '1.0',
        id: '1',
        source: '/srv01/monitor',
        type: 'com.example.alert',
        data: { title: 'DiskFull', severity: 'critical', labels: { host: 'srv01' } },
      }),
    ],
  }),
  json: (url, { key }) => ({
    language: 'sh',
    lines: [
      curl(url, [`Authorization: Bearer ${key}`], {
        title: 'DiskFull',
        status: 'firing',
        severity: 'critical',
        labels: { host: 'srv01' },
      }),
    ],
  }),
} as const satisfies Record<IntegrationKind, Writer>;

/** Prometheus wants the port of a target said. */
function withPort(scheme: string, host: string): string {
  return /:\d+$/.test(host) ? host : `${host}:${scheme === 'https' ? 443 : 80}`;
}

function curl(url: string, headers: readonly string[], body: Readonly<Record<string, unknown>>): string {
  const type = body.specversion === undefined ? 'application/json' : 'application/cloudevents+json';
  const options = [...headers, `Content-Type: ${type}`].map((header) => `-H '${header}'`);
  return ['curl', '-sS', ...options, `-d '${JSON.stringify(body)}'`, `'${url}'`].join(' \\\n  ');
}
