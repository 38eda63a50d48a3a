import { SEVERITIES, type Severity } from '../../anomaly/anomaly.types';
import { isMailAddress, MAX_MAIL_ADDRESS_LENGTH } from '../../common/mail-address';
import { isTimeZone } from '../../common/time/local-time';
import { type Recurrence, WEEKDAYS } from '../../common/time/recurrence';
import { Field, Flag, Integer, OneOf, Text } from '../../common/validation/fields';
import { Digest, type DigestDto, digestSettingOf } from '../digests/digest.dto';
import { ENDPOINT_KINDS, type EndpointKind } from '../notices/message';
import { NOTICE_TYPES, type NoticeType } from '../notices/notice';
import type { MailSetting } from './endpoint.entity';
import type { RequestedEndpoint } from './endpoint.service';
import { SECRET_NAMES, type SecretChanges } from './endpoint-secrets';

const MAX_MATCHERS = 30;
const MAX_MATCHER_LENGTH = 2_500;
const MAX_RECIPIENTS = 50;
const MIN_REPEAT_SECONDS = 60;
const MAX_REPEAT_SECONDS = 604_800;
const WEEK_MINUTES = 10_080;
const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d$/;

/** Quiet hours as they are sent. */
interface QuietHours {
  readonly weekdays?: Recurrence['weekdays'];
  readonly start_time: string;
  readonly duration_minutes: number;
  readonly time_zone: string;
}

const QUIET_MEMBERS = ['weekdays', 'start_time', 'duration_minutes', 'time_zone'];

function isQuietHours(value: unknown): value is QuietHours {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { weekdays = WEEKDAYS, start_time, duration_minutes, time_zone } = value as Record<string, unknown>;
  return (
    Object.keys(value).every((name) => QUIET_MEMBERS.includes(name)) &&
    Array.isArray(weekdays) &&
    weekdays.length > 0 &&
    new Set(weekdays).size === weekdays.length &&
    weekdays.every((day) => (WEEKDAYS as readonly unknown[]).includes(day)) &&
    typeof start_time === 'string' &&
    TIME_OF_DAY.test(start_time) &&
    Number.isInteger(duration_minutes) &&
    (duration_minutes as number) >= 1 &&
    (duration_minutes as number) < WEEK_MINUTES &&
    typeof time_zone === 'string' &&
    isTimeZone(time_zone)
  );
}

/** A text sets a secret, null takes it away. */
function isSecrets(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.entries(value).every(
      ([name, text]) =>
        name !== 'url' &&
        (SECRET_NAMES as readonly string[]).includes(name) &&
        (text === null || (typeof text === 'string' && text.length <= 200)),
    )
  );
}

/** What is stated of an endpoint, whether it is new or not. */
class EndpointFields {
  @Text(80, { example: 'on-call' })
  name: string;

  @Flag({ required: false, description: 'Default true' })
  is_enabled?: boolean;

  @Field(
    (value, field) =>
      Array.isArray(value) &&
      value.length > 0 &&
      new Set(value).size === value.length &&
      value.every((type) => (NOTICE_TYPES as readonly unknown[]).includes(type))
        ? null
        : `${field} must be a list of different ones of: ${NOTICE_TYPES.join(', ')}`,
    {
      type: 'array',
      items: { type: 'string', enum: [...NOTICE_TYPES] },
      minItems: 1,
      maxItems: NOTICE_TYPES.length,
    },
    {
      required: false,
      description:
        'What it is told of; default all. Whoever is told of an incident is not told of its anomalies as well; without the incident types each ' +
        'anomaly is told',
    },
  )
  events?: NoticeType[];

  @OneOf(SEVERITIES, { required: false, description: 'Least severity of the anomaly; default low' })
  minimum_severity?: Severity;

  @Field(
    (value, field) =>
      Array.isArray(value) &&
      value.length <= MAX_MATCHERS &&
      value.every((text) => typeof text === 'string' && text !== '' && text.length <= MAX_MATCHER_LENGTH)
        ? null
        : `${field} must be a list of at most ${MAX_MATCHERS} matchers such as service="checkout"`,
    {
      type: 'array',
      items: { type: 'string', maxLength: MAX_MATCHER_LENGTH },
      maxItems: MAX_MATCHERS,
    },
    {
      required: false,
      description:
        'Of the labels of the anomaly; all must hold, as Alertmanager writes them. Default: every anomaly',
      example: ['service=~"checkout|cart"'],
    },
  )
  matchers?: string[];

  @Field(
    (value, field) =>
      isQuietHours(value)
        ? null
        : `${field} must be an object with start_time such as 22:00, duration_minutes, time_zone such as Europe/Berlin, and maybe weekdays`,
    {
      type: 'object',
      required: ['start_time', 'duration_minutes', 'time_zone'],
      properties: {
        weekdays: { type: 'array', items: { type: 'string', enum: [...WEEKDAYS] } },
        start_time: { type: 'string' },
        duration_minutes: { type: 'integer', minimum: 1, maximum: WEEK_MINUTES - 1 },
        time_zone: { type: 'string' },
      },
    },
    {
      required: false,
      description: 'What is not critical waits until they are over; by the local clock, default on all days',
      example: { start_time: '22:00', duration_minutes: 480, time_zone: 'Europe/Berlin' },
    },
  )
  quiet_hours?: QuietHours;

  @Field(
    (value, field) =>
      isSecrets(value)
        ? null
        : `${field} must be an object of signing_secret and next_signing_secret, each a text or null`,
    { type: 'object', additionalProperties: { type: 'string', nullable: true } },
    {
      required: false,
      description:
        'signing_secret of a webhook, and next_signing_secret while its receiver changes over; never shown again. Null takes one away',
      example: { signing_secret: 'whsec_…' },
    },
  )
  secrets?: SecretChanges;

  @Field(
    (value, field) =>
      Array.isArray(value) &&
      value.length > 0 &&
      value.length <= MAX_RECIPIENTS &&
      new Set(value).size === value.length &&
      value.every(isMailAddress)
        ? null
        : `${field} must be a list of 1 to ${MAX_RECIPIENTS} different mail addresses such as on-call@example.org`,
    {
      type: 'array',
      items: { type: 'string', format: 'email', maxLength: MAX_MAIL_ADDRESS_LENGTH },
      minItems: 1,
      maxItems: MAX_RECIPIENTS,
    },
    { required: false, description: 'Of kind email, which needs them', example: ['on-call@example.org'] },
  )
  recipients?: string[];

  @Field(
    (value, field) =>
      isMailAddress(value) ? null : `${field} must be a mail address such as ops@example.org`,
    { type: String, format: 'email', maxLength: MAX_MAIL_ADDRESS_LENGTH },
    { required: false, description: 'Sender of its mails, of kind email; default SMTP_FROM' },
  )
  from?: string;

  @Digest()
  digest?: DigestDto;

  @Integer(MIN_REPEAT_SECONDS, MAX_REPEAT_SECONDS, {
    required: false,
    description:
      'How often it is told again of an anomaly or incident that goes on, that nobody has acknowledged and that nothing keeps quiet. ' +
      'Default: never',
    example: 14_400,
  })
  repeat_interval_seconds?: number;
}

export class CreateEndpointDto extends EndpointFields {
  @OneOf(ENDPOINT_KINDS)
  kind: EndpointKind;

  @Text(2_000, {
    required: false,
    description:
      'Of webhooks and Slack, which need it. Never shown again, since its path often is the key; its host must be on the egress allow-list',
    example: 'https://ops.example/notify',
  })
  url?: string;
}

export class ReplaceEndpointDto extends EndpointFields {
  @Text(2_000, { required: false, description: 'Where it is left out, the one before stays' })
  url?: string;

  @Integer(1, 2_147_483_647, {
    description: 'The one that was read; refused where the endpoint has changed since',
  })
  version: number;
}

/** What a body states; what it leaves out is stated as its default. */
export function requestedEndpointOf(body: EndpointFields): RequestedEndpoint {
  return {
    name: body.name,
    isEnabled: body.is_enabled ?? true,
    events: body.events ?? [...NOTICE_TYPES],
    minimumSeverity: body.minimum_severity ?? 'low',
    matchers: body.matchers ?? [],
    quietHours: body.quiet_hours
      ? {
          weekdays: body.quiet_hours.weekdays ?? WEEKDAYS,
          startTime: body.quiet_hours.start_time,
          durationMinutes: body.quiet_hours.duration_minutes,
          timeZone: body.quiet_hours.time_zone,
        }
      : null,
    mail: mailSettingOf(body),
    digest: digestSettingOf(body.digest),
    repeatIntervalSeconds: body.repeat_interval_seconds ?? null,
  };
}

function mailSettingOf({ recipients, from }: EndpointFields): MailSetting | null {
  if (!recipients && !from) return null;
  return { recipients: recipients ?? [], from: from ?? null };
}

/** The secrets that a body changes, its URL among them. */
export function secretChangesOf({ url, secrets }: EndpointFields & { url?: string }): SecretChanges {
  return { ...secrets, ...(url !== undefined && url !== null && { url }) };
}
