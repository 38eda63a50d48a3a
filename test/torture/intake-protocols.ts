import { gzipSync } from 'node:zlib';

import { compress } from 'snappyjs';

import {
  encodeMessage,
  encodeWriteRequest1,
  encodeWriteRequest2,
  EXPORT_METRICS,
} from '../support/wire-protos';

export const SAMPLE_METRIC = 'torture_intake';
export const ALERT_NAME = 'TortureIntake';
/** Each request brings a sample of each of these parts: half of them would be half a request. */
export const PARTS = ['a', 'b'] as const;

/** Keys of whoever may send: a program with scopes, and the integrations whose routes ask for one. */
export interface SenderKeys {
  readonly program: string;
  readonly webhook: string;
}

/** A request as a sender repeats it until it is answered. */
export interface IntakeRequest {
  readonly path: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What a sender tells with its nth request. */
export interface Told {
  readonly sender: number;
  readonly n: number;
  /** Of samples; each later than the one before. */
  readonly timeMs: number;
}

/** How a protocol tells something. */
export interface IntakeProtocol {
  readonly name: string;
  readonly brings: 'samples' | 'alert';
  readonly request: (told: Told, keys: SenderKeys) => IntakeRequest;
  /** Whether an answer says that all of it is stored. */
  readonly isStored: (status: number, text: string) => boolean;
}

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';
/** No run takes as long; what nobody tells again would else be over in its middle. */
const FIRES_FOR_MS = 12 * 3_600_000;

const seriesOf = ({ sender, n, timeMs }: Told) =>
  PARTS.map((part) => ({
    labels: [
      ['__name__', SAMPLE_METRIC],
      ['part', part],
      ['sender', String(sender)],
    ] as const,
    samples: [{ value: n, timestamp: timeMs }],
  }));

const otlpOf = ({ sender, n, timeMs }: Told): object => ({
  resourceMetrics: [
    {
      scopeMetrics: [
        {
          metrics: [
            {
              name: SAMPLE_METRIC,
              gauge: {
                dataPoints: PARTS.map((part) => ({
                  timeUnixNano: `${timeMs}000000`,
                  asDouble: n,
                  attributes: [
                    { key: 'part', value: { stringValue: part } },
                    { key: 'sender', value: { stringValue: String(sender) } },
                  ],
                })),
              },
            },
          ],
        },
      ],
    },
  ],
});

const alertLabels = ({ sender, n }: Told): Record<string, string> => ({
  alertname: ALERT_NAME,
  sender: String(sender),
  n: String(n),
});

/** Every way in that senders of telemetry and alerts use most, each as its own clients speak it. */
export const INTAKE_PROTOCOLS: readonly IntakeProtocol[] = [
  {
    name: 'remote write 1.0',
    brings: 'samples',
    request: (told, { program }) => ({
      path: '/api/v1/write',
      key: program,
      headers: { 'content-type': PROTOBUF, 'content-encoding': 'snappy' },
      body: Buffer.from(compress(encodeWriteRequest1(seriesOf(told)))),
    }),
    isStored: (status) => status === 204,
  },
  {
    name: 'remote write 2.0',
    brings: 'samples',
    request: (told, { program }) => ({
      path: '/api/v1/write',
      key: program,
      headers: {
        'content-type': `${PROTOBUF};proto=io.prometheus.write.v2.Request`,
        'content-encoding': 'snappy',
      },
      body: Buffer.from(compress(encodeWriteRequest2(seriesOf(told)))),
    }),
    isStored: (status) => status === 204,
  },
  {
    name: 'OTLP in protobuf',
    brings: 'samples',
    request: (told, { program }) => ({
      path: '/v1/metrics',
      key: program,
      headers: { 'content-type': PROTOBUF },
      body: encodeMessage(EXPORT_METRICS, otlpOf(told)),
    }),
    isStored: (status, text) => status === 200 && text === '',
  },
  {
    name: 'OTLP in JSON with gzip',
    brings: 'samples',
    request: (told, { program }) => ({
      path: '/v1/metrics',
      key: program,
      headers: { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' },
      body: gzipSync(JSON.stringify(otlpOf(told))),
    }),
    isStored: (status, text) => status === 200 && text === '{}',
  },
  {
    name: 'Alertmanager’s API',
    brings: 'alert',
    request: (told, { program }) => ({
      path: '/api/v2/alerts',
      key: program,
      headers: { 'content-type': JSON_TYPE },
      body: Buffer.from(
        JSON.stringify([
          { labels: alertLabels(told), endsAt: new Date(told.timeMs + FIRES_FOR_MS).toISOString() },
        ]),
      ),
    }),
    isStored: (status) => status === 200,
  },
  {
    name: 'Alertmanager’s webhook',
    brings: 'alert',
    request: (told, { webhook }) => ({
      path: '/api/alerts/webhook/alertmanager',
      key: webhook,
      headers: { 'content-type': JSON_TYPE },
      body: Buffer.from(
        JSON.stringify({
          version: '4',
          status: 'firing',
          alerts: [
            {
              status: 'firing',
              labels: alertLabels(told),
              annotations: {},
              startsAt: new Date(told.timeMs).toISOString(),
              endsAt: '0001-01-01T00:00:00Z',
            },
          ],
        }),
      ),
    }),
    isStored: (status) => status === 200,
  },
];
