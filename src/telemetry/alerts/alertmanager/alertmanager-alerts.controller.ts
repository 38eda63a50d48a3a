import { Controller, Get, HttpCode, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';

import { Caller, Requires } from '../../../auth/access';
import type { Principal } from '../../../auth/principal';
import { InvalidInput } from '../../../common/errors/domain-error';
import { BODY_LIMIT_BYTES } from '../../../common/http/request-body';
import { Clock } from '../../../common/time/clock';
import { TelemetryConfig } from '../../../config/sections';
import { EventSenders } from '../../integrations/event-senders.service';
import { IntegrationActivity } from '../../integrations/integration-activity.service';
import { LabelMatcher } from '../../metrics/label-matcher';
import type { Labels } from '../../metrics/labels';
import { parseMatcher } from '../../metrics/matcher-text';
import { AlertIntake } from '../alert-intake.service';
import { AlertListService, FiringAlert } from '../alert-list.service';
import { AlertsQuery } from './alertmanager.dto';
import { AlertGroupResponse, GettableAlertResponse, RECEIVER } from './alertmanager.response';
import { ALERTMANAGER } from './alertmanager-dialect';
import { readPostedAlerts } from './posted-alerts';

/** Read here and not by Fastify, so that one alert that cannot be stored does not cost the others of its request. */
const JSON_BYTES = {
  types: ['application/json'],
  as: 'bytes',
  limitBytes: BODY_LIMIT_BYTES,
} as const;
/** Prometheus and amtool tell a firing alert again and again until it is over. */
const ORIGIN = { source: 'alertmanager', isRepeating: true };
const MAX_REFUSALS_SHOWN = 10;

const POSTED = {
  type: 'array',
  items: {
    type: 'object',
    required: ['labels'],
    properties: {
      labels: { type: 'object', additionalProperties: { type: 'string' } },
      annotations: { type: 'object', additionalProperties: { type: 'string' } },
      startsAt: { type: 'string', format: 'date-time' },
      endsAt: { type: 'string', format: 'date-time' },
      generatorURL: { type: 'string' },
    },
  },
  example: [{ labels: { alertname: 'HighCPU', instance: 'h1' }, annotations: { summary: 'CPU above 90 %' } }],
};

@ApiTags('Alerts')
@Controller('api/v2/alerts')
export class AlertmanagerAlertsController {
  constructor(
    private readonly intake: AlertIntake,
    private readonly alerts: AlertListService,
    private readonly senders: EventSenders,
    private readonly activity: IntegrationActivity,
    private readonly config: TelemetryConfig,
    private readonly clock: Clock,
  ) {}

  @Post()
  @HttpCode(200)
  @Requires('alerts:write', { dialect: ALERTMANAGER, body: JSON_BYTES, isIdempotent: false })
  @ApiOperation({
    summary: 'Alerts as Prometheus and amtool send them; the answer means that they are stored',
    description:
      'An alert without `endsAt`, or with one to come, fires; it is told again until it is over. One whose `endsAt` has passed is resolved. Valid alerts are stored also where others are refused.',
  })
  @ApiBody({ schema: POSTED as object })
  @ApiOkResponse({ description: 'All are stored' })
  async receive(@Caller() caller: Principal, @Req() request: FastifyRequest): Promise<void> {
    const { integration } = await this.senders.ofCaller(caller, 'alertmanager');
    const { signals, places, refusals: unread } = readPostedAlerts(request.body);
    const { refusals } = await this.intake.receive(signals, {
      ...ORIGIN,
      integrationId: integration?.id ?? null,
    });
    const all = [
      ...unread,
      ...refusals.map(({ index, message }) => ({ index: places[index], message })),
    ].sort((a, b) => a.index - b.index);
    if (integration !== null) this.activity.note(integration.id, all[0]?.message ?? null);
    if (all.length > 0) throw new InvalidInput(describeRefusals(all));
  }

  @Get()
  @Requires('alerts:read', { dialect: ALERTMANAGER })
  @ApiOperation({ summary: 'Alerts that fire now, as Alertmanager lists them' })
  @ApiOkResponse({ type: [GettableAlertResponse] })
  async list(@Query() query: AlertsQuery): Promise<GettableAlertResponse[]> {
    return (await this.select(query)).map((one) => this.show(one));
  }

  @Get('groups')
  @Requires('alerts:read', { dialect: ALERTMANAGER })
  @ApiOperation({ summary: 'Alerts that fire now, those of one name together' })
  @ApiOkResponse({ type: [AlertGroupResponse] })
  async listGroups(@Query() query: AlertsQuery): Promise<AlertGroupResponse[]> {
    const byName = Map.groupBy(await this.select(query), ({ alert }) => alert.labels.alertname ?? '');
    return [...byName]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([alertname, alerts]) => ({
        labels: nameLabel(alertname),
        receiver: { name: RECEIVER },
        alerts: alerts.map((one) => this.show(one)),
      }));
  }

  private async select({ active, silenced, filter, receiver }: AlertsQuery): Promise<FiringAlert[]> {
    const matchers = (filter ?? []).map(parseMatcher);
    if (receiver !== undefined && !new LabelMatcher('receiver', '=~', receiver).accepts(RECEIVER)) return [];
    return (await this.alerts.listFiring(matchers))
      .filter(({ silencedBy }) => (silencedBy.length > 0 ? silenced !== false : active !== false))
      .sort((a, b) => (a.alert.fingerprint < b.alert.fingerprint ? -1 : 1));
  }

  private show(firing: FiringAlert): GettableAlertResponse {
    const assumedEndMs = this.clock.now().getTime() + this.config.alertResolveTimeoutSeconds * 1_000;
    return GettableAlertResponse.from(firing, new Date(assumedEndMs));
  }
}

function describeRefusals(refusals: readonly { index: number; message: string }[]): string {
  const shown = refusals
    .slice(0, MAX_REFUSALS_SHOWN)
    .map(({ index, message }) => `alert ${index}: ${message}`);
  const more = refusals.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join('; ');
}

/** The label by which alerts are grouped, where they have it. */
function nameLabel(alertname: string): Labels {
  return alertname === '' ? {} : { alertname };
}
