import { Body, Controller, Delete, Get, HttpCode, Param, PipeTransform, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';

import { Requires } from '../../../auth/access';
import { InvalidInput } from '../../../common/errors/domain-error';
import { ERROR_WORDS } from '../../../common/http/answers';
import { ErrorResponse } from '../../../common/http/error.response';
import type { LabelMatcher } from '../../metrics/label-matcher';
import { parseMatcher } from '../../metrics/matcher-text';
import type { SilenceTerms } from '../silence';
import { SilenceService } from '../silence.service';
import { PostSilenceDto, SilencesQuery } from './alertmanager.dto';
import { GettableSilenceResponse, SilenceIdResponse } from './alertmanager.response';
import { ALERTMANAGER } from './alertmanager-dialect';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Reads a silence's id. Throws  InvalidInput where it is no UUID. */
class SilenceIdPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!UUID.test(value)) throw new InvalidInput('id must be a UUID');
    return value.toLowerCase();
  }
}

const NOT_FOUND = ApiResponse({ status: 404, description: ERROR_WORDS[404], type: ErrorResponse });
const ID = ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } });

@ApiTags('Alerts')
@Controller('api/v2')
export class AlertmanagerSilencesController {
  constructor(private readonly silences: SilenceService) {}

  @Get('silences')
  @Requires('alerts:read', { dialect: ALERTMANAGER })
  @ApiOperation({ summary: 'Silences in force, to come, and ended in the last five days' })
  @ApiOkResponse({ type: [GettableSilenceResponse] })
  async list(@Query() query: SilencesQuery): Promise<GettableSilenceResponse[]> {
    const wanted = { active: query.active, expired: query.expired, pending: query.pending };
    const filters = (query.filter ?? []).map(parseMatcher);
    return (await this.silences.list())
      .filter((silence) => wanted[silence.state] !== false && isSelected(silence, filters))
      .map((silence) => GettableSilenceResponse.from(silence));
  }

  @Post('silences')
  @HttpCode(200)
  @Requires('silences:manage', { dialect: ALERTMANAGER })
  @NOT_FOUND
  @ApiOperation({
    summary: 'Silence alerts, or change a silence',
    description:
      'With the `id` of a silence it is changed; where that would falsify what was (another start of one in force, other matchers), it ends and another begins, whose id is answered.',
  })
  @ApiOkResponse({ type: SilenceIdResponse })
  async save(@Body() body: PostSilenceDto): Promise<SilenceIdResponse> {
    const terms = termsOf(body);
    const { id } = body;
    const silence =
      id === undefined || id === ''
        ? await this.silences.create(terms)
        : await this.silences.change(new SilenceIdPipe().transform(id), terms);
    return { silenceID: silence.id };
  }

  @Get('silence/:id')
  @Requires('alerts:read', { dialect: ALERTMANAGER })
  @ID
  @NOT_FOUND
  @ApiOperation({ summary: 'One silence' })
  @ApiOkResponse({ type: GettableSilenceResponse })
  async get(@Param('id', SilenceIdPipe) id: string): Promise<GettableSilenceResponse> {
    return GettableSilenceResponse.from(await this.silences.get(id));
  }

  @Delete('silence/:id')
  @Requires('silences:manage', { dialect: ALERTMANAGER })
  @ID
  @NOT_FOUND
  @ApiOperation({ summary: 'End a silence now' })
  @ApiOkResponse({ description: 'It has ended' })
  async expire(@Param('id', SilenceIdPipe) id: string): Promise<void> {
    await this.silences.expire(id);
  }
}

function termsOf({ matchers, startsAt, endsAt, createdBy, comment }: PostSilenceDto): SilenceTerms {
  return {
    matchers: matchers.map(({ name, value, isRegex, isEqual = true }) => ({
      name,
      operator: isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!=',
      value,
    })),
    startsAt: new Date(startsAt),
    endsAt: new Date(endsAt),
    createdBy,
    comment,
  };
}

/** A filter asks for silences by their matchers: `alertname="x"` finds those that name x. */
function isSelected({ matchers }: SilenceTerms, filters: readonly LabelMatcher[]): boolean {
  return filters.every((filter) =>
    matchers.some(({ name, value }) => name === filter.label && filter.accepts(value)),
  );
}
